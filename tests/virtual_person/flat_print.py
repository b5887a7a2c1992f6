"""The attack every liveness check must stop first: a printed photo of the person, held to the camera.

Flat prints are moved by exact homographies. A bent print lies on a cylinder, the usual trick to fake the
depth of a head. Neither blinks nor opens its mouth; it is turned and nodded as the challenge asks.
"""

from __future__ import annotations

import cv2
import numpy as np

from liveness.attacks.motion import action_poses
from tests.virtual_person.person import VirtualPerson
from tests.virtual_person.portrait import Bytes, Floats
from liveness.attacks.pose import Pose
from tests.virtual_person.projection import rotation

CAMERA_TO_PRINT = 1000.0
"""Camera to print, in frame pixels: the print is about as far as a face would be."""
MARGIN = 16
"""White border of the print, in pixels."""


def flat_photo_clip(
    person: VirtualPerson, action: str = "turn_left", *, bend: float = 0.0, seed: int = 0, fps: float = 12
) -> list[Bytes]:
    """The print, moved as the action asks; ``bend`` is half the angle (radians) it spans on its cylinder."""
    photo = cv2.imdecode(np.frombuffer(person.photo(), np.uint8), cv2.IMREAD_COLOR)
    if photo is None:
        raise RuntimeError("this build of OpenCV reads no JPEG")
    picture = cv2.copyMakeBorder(
        photo[60:560, 60:420], MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_CONSTANT, value=(245, 245, 245)
    ).astype(np.float32)
    poses = action_poses(action, np.random.default_rng(seed), fps=fps)
    return [_held_up(person, picture, pose, bend) for pose in poses]


def _held_up(person: VirtualPerson, picture: Floats, pose: Pose, bend: float) -> Bytes:
    scene = person.wall(pose, 480, 640)
    height, width = scene.shape[:2]
    columns, rows = (
        _bent(picture, pose, bend, (height, width)) if bend else _flat(picture, pose, (height, width))
    )
    inside = np.where(np.isfinite(columns), 1, 0).astype(np.float32)
    columns, rows = (np.nan_to_num(part, nan=-1e4).astype(np.float32) for part in (columns, rows))
    paper = cv2.remap(picture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    matte = cv2.remap(
        np.ones(picture.shape[:2], np.float32),
        columns,
        rows,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
    )
    return person.sensor(scene + (paper - scene) * (matte * inside)[..., None])


def _rays(pose: Pose, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Camera position and ray directions in the print's own axes (origin at its centre)."""
    height, width = shape
    turn = rotation(pose.yaw_degrees, pose.pitch_degrees, pose.roll_degrees)
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64))
    x = columns - width / 2 - pose.shift_x * width
    y = rows - height * 0.47 - pose.shift_y * width
    directions = np.stack([x, y, np.full_like(x, -CAMERA_TO_PRINT / pose.scale)], axis=-1) @ turn
    start = turn.T @ np.array((0, 0, CAMERA_TO_PRINT))
    return start.astype(np.float32), directions.astype(np.float32)


def _flat(picture: Floats, pose: Pose, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    start, run = _rays(pose, shape)
    far = -start[2] / run[..., 2]
    x, y = start[0] + far * run[..., 0], start[1] + far * run[..., 1]
    return x + picture.shape[1] / 2, y + picture.shape[0] / 2


def _bent(picture: Floats, pose: Pose, bend: float, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Rays meet a cylinder about a vertical axis behind the print; its middle touches the print's plane."""
    radius = picture.shape[1] / 2 / bend
    start, run = _rays(pose, shape)
    a = run[..., 0] ** 2 + run[..., 2] ** 2
    b = start[0] * run[..., 0] + (start[2] + radius) * run[..., 2]
    c = start[0] ** 2 + (start[2] + radius) ** 2 - radius**2
    under = b * b - a * c
    far = (-b - np.sqrt(np.where(under > 0, under, np.nan))) / a
    x, z = start[0] + far * run[..., 0], start[2] + far * run[..., 2]
    y = start[1] + far * run[..., 1]
    angle = np.arctan2(x, z + radius)
    return radius * angle + picture.shape[1] / 2, y + picture.shape[0] / 2
