"""A sheet before a pinhole camera, flat or bent: which point of it does each pixel of the frame see?

A flat sheet's picture moves by one homography, whatever is done to it (Hartley and Zisserman, Multiple
View Geometry, 8.1.1). A bent one lies on a cylinder, the usual trick to fake the depth of a head.
"""

from __future__ import annotations

import cv2
import numpy as np

from liveness.attacks.pose import Pose, rotation
from liveness.attacks.stage import Floats

CAMERA_TO_SHEET = 1000.0
"""In frame pixels: the sheet is about as far away as a face would be."""
CENTRE_ROW = 0.47
"""Where the sheet's middle stands in the frame, in parts of its height."""

Seen = tuple[Floats, Floats]
"""Columns and rows of the sheet that the frame's pixels see; not a number where they see past it."""

_LAMP = np.array((-0.35, -0.45, 0.82), np.float32)  # over the camera, to the picture's left


def flat(sheet: tuple[int, int], pose: Pose, frame: tuple[int, int], *, behind: float = 0.0) -> Seen:
    """Rays meet the sheet's plane, or one that lies ``behind`` it (frame pixels), parallel to it.

    ``sheet`` and ``frame``: height and width in pixels.
    """
    start, run = _rays(pose, frame)
    far = (-behind - start[2]) / run[..., 2]
    x, y = start[0] + far * run[..., 0], start[1] + far * run[..., 1]
    return x + sheet[1] / 2, y + sheet[0] / 2


def bent(sheet: tuple[int, int], pose: Pose, bend: float, frame: tuple[int, int]) -> Seen:
    """Rays meet a cylinder about an upright axis behind the sheet; its middle touches the sheet's plane.

    ``bend``: half the angle (radians) that the sheet spans on the cylinder.
    """
    radius = sheet[1] / 2 / bend
    start, run = _rays(pose, frame)
    a = run[..., 0] ** 2 + run[..., 2] ** 2
    b = start[0] * run[..., 0] + (start[2] + radius) * run[..., 2]
    c = start[0] ** 2 + (start[2] + radius) ** 2 - radius**2
    under = b * b - a * c
    far = (-b - np.sqrt(np.where(under > 0, under, np.nan))) / a
    x, z = start[0] + far * run[..., 0], start[2] + far * run[..., 2]
    y = start[1] + far * run[..., 1]
    angle = np.arctan2(x, z + radius)
    return radius * angle + sheet[1] / 2, y + sheet[0] / 2


def lay(scene: Floats, picture: Floats, matte: Floats, seen: Seen) -> None:
    """Draw the picture over the scene where its matte (0 to 1) is seen. Changes ``scene``."""
    columns, rows = (np.nan_to_num(part, nan=-1e4).astype(np.float32) for part in seen)
    paper = cv2.remap(picture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    share = cv2.remap(matte, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    scene += (paper - scene) * share[..., None]


def shading(pose: Pose) -> float:
    """How much brighter a matt sheet is than when it faces the camera: one lamp by Lambert's cosine law, and
    as much light again from all sides. A bent sheet is taken for the plane it is bent from."""
    facing = rotation(pose.yaw_degrees, pose.pitch_degrees, pose.roll_degrees)[:, 2].astype(np.float32)
    return 0.5 + 0.5 * float(max(facing @ _LAMP / _LAMP[2], 0.0))


def _rays(pose: Pose, frame: tuple[int, int]) -> tuple[Floats, Floats]:
    """Camera position and ray directions in the sheet's own axes (origin at its centre)."""
    height, width = frame
    turn = rotation(pose.yaw_degrees, pose.pitch_degrees, pose.roll_degrees)
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64))
    x = columns - width / 2 - pose.shift_x * width
    y = rows - height * CENTRE_ROW - pose.shift_y * width
    directions = np.stack([x, y, np.full_like(x, -CAMERA_TO_SHEET / pose.scale)], axis=-1) @ turn
    start = turn.T @ np.array((0, 0, CAMERA_TO_SHEET))
    return start.astype(np.float32), directions.astype(np.float32)
