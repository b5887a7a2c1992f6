"""The 68 points of a face and what they say: which way it looks, whether mouth and eyes are open."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liveness.detector import Detection
from liveness.onnx import ModelPack
from liveness.preprocessing import cut, square, tensor

# Indices of the iBUG scheme.
NOSE_TIP, UPPER_LIP = 30, 51
EYE_CORNERS = (36, 39, 42, 45)
INNER_LIPS = ((61, 67), (62, 66), (63, 65))
EYES = (((36, 39), (37, 38, 40, 41)), ((42, 45), (43, 44, 46, 47)))

# How far the tip of an average nose stands before the eyes, in distances of the outer eye corners, and
# in distances from the eyes down to the upper lip: they turn shifts of the tip into degrees.
_NOSE_BY_WIDTH = 0.50
_NOSE_BY_HEIGHT = 0.42
_NOSE_AT_REST = 0.62


@dataclass(frozen=True, slots=True)
class Pose:
    """Degrees, estimated. Yaw is positive towards the person's own left, pitch downwards."""

    yaw: float
    pitch: float
    mouth: float


def find_landmarks(pack: ModelPack, image: NDArray[np.uint8], face: Detection) -> NDArray[np.float32]:
    """68 x 2 points in pixels, from the square of the box's height about its centre."""
    model = pack.one("landmarks")
    x, y, width, height = face.box
    side = height
    part, corner = cut(image, x + (width - side) / 2, y, side, side)
    (raw,) = pack.run(model, tensor(model, square(model, part))).values()
    extent = np.array([part.shape[1], part.shape[0]], np.float32)
    return (raw.reshape(68, 2) * extent + np.array(corner, np.float32)).astype(np.float32)


def eyes_closed(pack: ModelPack, image: NDArray[np.uint8], points: NDArray[np.float32]) -> float:
    """Mean probability over both eyes that the eye is closed."""
    model = pack.one("eyes")
    chances = []
    for corners, lids in EYES:
        centre = points[list(lids)].mean(axis=0)
        side = model.crop * float(np.linalg.norm(points[corners[0]] - points[corners[1]]))
        part, _ = cut(image, centre[0] - side / 2, centre[1] - side / 2, side, side)
        (logits,) = pack.run(model, tensor(model, square(model, part))).values()
        odds = float(logits[0, 0] - logits[0, 1])
        chances.append(1 / (1 + math.exp(-max(min(odds, 50.0), -50.0))))
    return sum(chances) / len(chances)


def pose(points: NDArray[np.float32]) -> Pose:
    """Read the pose off the nose's shift against eyes and lip; roll does not matter.

    In an unmirrored picture a head that turns to its own left moves its nose to the right.
    """
    across = points[EYE_CORNERS[3]] - points[EYE_CORNERS[0]]
    width = max(float(np.linalg.norm(across)), 1.0)
    rightwards = across / width
    downwards = np.array([-rightwards[1], rightwards[0]])
    eyes = points[list(EYE_CORNERS)].mean(axis=0)
    nose = points[NOSE_TIP] - eyes
    height = max(float((points[UPPER_LIP] - eyes) @ downwards), 1.0)
    gap = sum(float(np.linalg.norm(points[a] - points[b])) for a, b in INNER_LIPS) / len(INNER_LIPS)
    sideways = float(nose @ rightwards) / width
    sunk = float(nose @ downwards) / height - _NOSE_AT_REST
    return Pose(
        yaw=math.degrees(math.atan(sideways / _NOSE_BY_WIDTH)),
        pitch=math.degrees(math.atan(sunk / _NOSE_BY_HEIGHT)),
        mouth=gap / height,
    )
