"""Read the colours of a frame: of the skin, and of what lies beside the head. Numbers alone leave.

Means of linear light (IEC 61966-2-1 undone), since light adds up there and nowhere else.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from liveness.preprocessing import cut
from liveness.types import FrameLight, Rgb

SATURATED = 250
DARK = 12  # of the brightest channel: below, skin says more about noise than about light
_LEAST_PIXELS = 16
_LEAST_SHARE = 0.3  # of a patch's pixels, without which it says nothing
_MOST_SIDE = 48  # a mean over more pixels is not better, only slower

# Points of the iBUG scheme around each cheek; the forehead lies above the inner ends of the brows.
_CHEEKS = ((2, 31, 41, 48), (14, 35, 46, 54))
_BROWS, _EYES = (21, 22), (36, 45)
_PATCH = 0.17  # half a side, in distances of the outer eye corners
_FOREHEAD = 0.32
_BESIDE = (0.9, 0.25)  # where the strips beside the head begin and end, in widths of the face's box


def _to_linear() -> NDArray[np.float32]:
    encoded = np.arange(256) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return linear.astype(np.float32)


_LINEAR = _to_linear()
_NOTHING, _UNCLIPPED = np.zeros(3), np.full(3, SATURATED - 1.0)


def light_of(
    image: NDArray[np.uint8], box: tuple[float, float, float, float], landmarks: NDArray[np.float32]
) -> FrameLight:
    """Mean linear R, G, B of both cheeks and the forehead, and of the strips beside the head.

    :param landmarks: 68 x 2, in pixels.
    """
    between = landmarks[_EYES[1]] - landmarks[_EYES[0]]
    size = max(float(np.linalg.norm(between)), 1.0)
    upwards = np.array((between[1], -between[0])) / size
    centres = [landmarks[list(points)].mean(axis=0) for points in _CHEEKS]
    centres.append(landmarks[list(_BROWS)].mean(axis=0) + _FOREHEAD * size * upwards)
    half = _PATCH * size
    skin = [cut(image, x - half, y - half, 2 * half, 2 * half)[0] for x, y in centres]
    return FrameLight(
        skin=tuple(_mean([patch], dark=DARK) for patch in skin), ground=_mean(_beside(image, box), dark=-1)
    )


def _beside(image: NDArray[np.uint8], box: tuple[float, float, float, float]) -> list[NDArray[np.uint8]]:
    """What lies to the left and right of the head, from above it down to the chin, as far as in the frame."""
    x, y, width, height = box
    top, bottom = max(0, round(y - 0.2 * height)), max(1, round(y + 0.8 * height))
    far, near = _BESIDE
    left = max(0, round(x - far * width)), max(0, round(x - near * width))
    right = max(0, round(x + (1 + near) * width)), max(0, round(x + (1 + far) * width))
    return [image[top:bottom, start:end] for start, end in (left, right)]


def _mean(parts: list[NDArray[np.uint8]], *, dark: int) -> Rgb | None:
    """None when too few pixels are neither clipped nor black."""
    total, usable, sums = 0, 0, np.zeros(3)
    for part in parts:
        if part.size == 0:
            continue
        pixels = _thinned(part)
        mask = cv2.inRange(pixels, _NOTHING, _UNCLIPPED)
        if dark >= 0:
            mask &= ~cv2.inRange(pixels, _NOTHING, np.full(3, dark, np.float64))
        count = cv2.countNonZero(mask)
        total, usable = total + mask.size, usable + count
        sums += count * np.array(cv2.mean(cv2.LUT(pixels, _LINEAR), mask)[:3])
    if usable < max(_LEAST_PIXELS, _LEAST_SHARE * total):
        return None
    blue, green, red = (round(float(value), 6) for value in sums / usable)
    return red, green, blue


def _thinned(part: NDArray[np.uint8]) -> NDArray[np.uint8]:
    rows, columns = (-(-side // _MOST_SIDE) for side in part.shape[:2])
    return np.ascontiguousarray(part[::rows, ::columns])
