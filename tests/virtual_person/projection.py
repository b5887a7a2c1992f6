"""The head before the camera: which point of the frontal portrait does each pixel of the frame see?

The portrait is taken as a perspective picture from the very distance the camera keeps, so the frontal
frame is the portrait itself. For a turned head each pixel's ray is followed plane by plane from the nose
backwards until it enters the height field (relief mapping), so nearer parts hide farther ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.virtual_person.head_shape import NOWHERE
from tests.virtual_person.portrait import Floats

CAMERA_DISTANCE = 460.0
"""Camera to the plane of the ears, in picture pixels: about 66 cm, a laptop's camera."""
PIVOT = np.array((226.0, 140.0, -8.0), np.float32)
"""The joint of head and neck (picture column, row, depth): what the head turns and nods about."""
NEAREST, FARTHEST, PLANES = 84.0, -32.0, 26
"""Depths between which rays are followed: before the nose's tip, and just behind every rim."""


@dataclass(frozen=True, slots=True)
class Window:
    """A cropped, magnified part of the picture: ``scale`` texture pixels to a picture pixel."""

    x: float
    y: float
    width: float
    height: float
    scale: float

    def grid(self) -> tuple[Floats, Floats]:
        """Picture columns and rows of every texture pixel."""
        across = np.arange(round(self.width * self.scale), dtype=np.float32) / np.float32(self.scale)
        down = np.arange(round(self.height * self.scale), dtype=np.float32) / np.float32(self.scale)
        columns, rows = np.meshgrid(across + np.float32(self.x), down + np.float32(self.y))
        return columns, rows

    def sample(self, texture: Floats, columns: Floats, rows: Floats, outside: float = 0.0) -> Floats:
        """Read a texture of this window at picture coordinates."""
        scale, x, y = np.float32(self.scale), np.float32(self.x), np.float32(self.y)
        return np.asarray(
            cv2.remap(
                texture,
                (columns - x) * scale,
                (rows - y) * scale,
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_CONSTANT,
                borderValue=(outside,) * 4,
            ),
            np.float32,
        )


def trace(
    columns: Floats, rows: Floats, turn: NDArray[np.float64], depth: Floats, window: Window
) -> tuple[Floats, Floats]:
    """Picture coordinates seen at frame positions given as picture ``columns`` and ``rows``.

    Positions whose ray misses the head get coordinates where the head's matte is empty.
    """
    eye = np.array((PIVOT[0], PIVOT[1], CAMERA_DISTANCE))
    start = (turn.T @ (eye - PIVOT) + PIVOT).astype(np.float32)
    x, y = columns - PIVOT[0], rows - PIVOT[1]
    back = turn.T.astype(np.float32)
    far = np.float32(CAMERA_DISTANCE)
    run_x, run_y, run_z = (back[i, 0] * x + back[i, 1] * y - back[i, 2] * far for i in range(3))
    run_x, run_y = run_x / run_z, run_y / run_z  # per unit of depth

    def picture_at(plane: Floats | np.float32) -> tuple[Floats, Floats]:
        step = plane - start[2]
        magnify = far / (far - plane)
        return (
            PIVOT[0] + (start[0] + step * run_x - PIVOT[0]) * magnify,
            PIVOT[1] + (start[1] + step * run_y - PIVOT[1]) * magnify,
        )

    hit = np.zeros(columns.shape, bool)
    found = np.full(columns.shape, np.float32(FARTHEST))
    gap_before = np.full(columns.shape, np.float32(-1))
    planes = np.linspace(NEAREST, FARTHEST, PLANES, dtype=np.float32)
    thickness = planes[0] - planes[1]
    for plane in planes:
        gap = window.sample(depth, *picture_at(plane), outside=NOWHERE) - plane
        entered = (gap >= 0) & ~hit
        part = np.clip(-gap_before / np.maximum(gap - gap_before, 1e-3), 0, 1)
        found = np.where(entered, plane + (1 - part) * thickness, found)
        hit |= entered
        gap_before = gap
    seen_x, seen_y = picture_at(found)  # a ray that missed ends behind all rims: outside the head's matte
    return np.asarray(seen_x, np.float32), np.asarray(seen_y, np.float32)
