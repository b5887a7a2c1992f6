"""Whose face is it? A vector that says, and how near two of them are."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from liveness.detector import Detection, detect
from liveness.errors import ImageRefused
from liveness.images import PHOTO_LIMITS, decode
from liveness.onnx import ModelPack
from liveness.preprocessing import tensor

# The ArcFace template for 112 x 112: eyes, nose, mouth corners; image left first.
_TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]],
    np.float32,
)
_TEMPLATE_SIDE = 112


def embed(pack: ModelPack, image: NDArray[np.uint8], face: Detection) -> tuple[float, ...]:
    """The face as a unit vector."""
    model = pack.one("embedding")
    template = _TEMPLATE * np.float32(model.size / _TEMPLATE_SIDE)
    matrix = _similarity(face.points.astype(np.float64), template.astype(np.float64))
    aligned = cv2.warpAffine(image, matrix, (model.size, model.size), flags=cv2.INTER_LINEAR)
    vector = next(iter(pack.run(model, tensor(model, aligned)).values()))[0]
    length = float(np.linalg.norm(vector)) or 1.0
    return tuple(float(value) for value in vector / np.float32(length))


def embed_photo(pack: ModelPack, photo: bytes) -> tuple[float, ...] | None:
    """The largest face of an encoded picture; None where there is none, or nothing can be read."""
    try:
        image = decode(photo, PHOTO_LIMITS)
    except ImageRefused:
        return None
    faces = detect(pack, image)
    return embed(pack, image, faces[0]) if faces else None


def _similarity(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least-squares rotation, scale and shift, 2 x 3 (Umeyama 1991, without reflection)."""
    z, w = (points[:, 0] + 1j * points[:, 1] for points in (source, target))
    centred = z - z.mean()
    spread = float((abs(centred) ** 2).sum()) or 1.0
    turn = complex((np.conj(centred) * (w - w.mean())).sum() / spread)
    shift = complex(w.mean() - turn * z.mean())
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def cosine(a: tuple[float, ...] | None, b: tuple[float, ...] | None) -> float:
    """Of two unit vectors; 0 when they cannot come from the same network."""
    return float(np.dot(a, b)) if a and b and len(a) == len(b) else 0.0
