"""Whose face is it? SFace vectors, and the two gates that compare them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from liveness.challenge import is_frontal
from liveness.detector import Detection
from liveness.onnx import ModelPack
from liveness.preprocessing import tensor
from liveness.types import FrameFacts, GateScore, Refusal

# The ArcFace template for 112 x 112: eyes, nose, mouth corners; image left first.
_TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]],
    np.float32,
)
_TEMPLATE_SIDE = 112

# Turned and nodding frames look less like the first one than a register's photo does, and another person
# stays below .2: this is the cosine at which SFace has a FAR of about 0.1%.
SAME_THRESHOLD = 0.30


def embed(pack: ModelPack, image: NDArray[np.uint8], face: Detection) -> tuple[float, ...]:
    """The face as a unit vector."""
    model = pack.one("embedding")
    template = _TEMPLATE * np.float32(model.size / _TEMPLATE_SIDE)
    matrix = _similarity(face.points.astype(np.float64), template.astype(np.float64))
    aligned = cv2.warpAffine(image, matrix, (model.size, model.size), flags=cv2.INTER_LINEAR)
    vector = next(iter(pack.run(model, tensor(model, aligned)).values()))[0]
    length = float(np.linalg.norm(vector)) or 1.0
    return tuple(float(value) for value in vector / np.float32(length))


def _similarity(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least-squares rotation, scale and shift, 2 x 3 (Umeyama 1991, without reflection)."""
    z, w = (points[:, 0] + 1j * points[:, 1] for points in (source, target))
    centred = z - z.mean()
    spread = float((abs(centred) ** 2).sum()) or 1.0
    turn = complex((np.conj(centred) * (w - w.mean())).sum() / spread)
    shift = complex(w.mean() - turn * z.mean())
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def same_face_gate(facts: Sequence[FrameFacts]) -> GateScore:
    """The least cosine of any frame to the first frontal one, turned frames included."""
    seen = [frame for frame in facts if frame.embedding is not None]
    first = next((frame for frame in seen if is_frontal(frame)), seen[0] if seen else None)
    if first is None or len(seen) < 2:
        return GateScore("same_face", 0.0, SAME_THRESHOLD, passed=False, reason=Refusal.OTHER_FACE)
    score = min(_cosine(frame.embedding, first.embedding) for frame in seen)
    passed = score >= SAME_THRESHOLD
    return GateScore("same_face", score, SAME_THRESHOLD, passed, None if passed else Refusal.OTHER_FACE)


def match_gate(pack: ModelPack, facts: Sequence[FrameFacts], reference: tuple[float, ...]) -> GateScore:
    """Median cosine of the frontal frames to the register's photo."""
    threshold = pack.one("embedding").threshold
    frontal = [frame.embedding for frame in facts if frame.embedding is not None and is_frontal(frame)]
    score = float(np.median([_cosine(vector, reference) for vector in frontal])) if frontal else 0.0
    passed = score >= threshold
    return GateScore("match", score, threshold, passed, None if passed else Refusal.MATCH)


def _cosine(a: tuple[float, ...] | None, b: tuple[float, ...] | None) -> float:
    """Of two unit vectors; 0 when they cannot come from the same network."""
    return float(np.dot(a, b)) if a and b and len(a) == len(b) else 0.0
