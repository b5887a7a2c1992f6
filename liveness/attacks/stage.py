"""The attacker's room and camera: what stands behind the sheet or screen, and what the sensor adds."""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from liveness.attacks.pose import Pose

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

READ_NOISE = 2.2
"""Standard deviation of a small camera's noise in a lit room, in grey values."""
_EXPOSURE_WANDERS = 0.004
_WALL_PARALLAX = 0.4  # the wall is about two and a half times as far away as the face


class Stage(Protocol):
    """Where an attack is filmed. The tests' rendered person stands on one, too."""

    def wall(self, pose: Pose, width: int, height: int) -> Floats:
        """The background, BGR 0-255; it moves with the camera's shake."""
        ...

    def sensor(self, scene: Floats) -> Bytes:
        """The scene as the camera gives it."""
        ...


class Room:
    """A plastered wall, unevenly lit and out of focus, before a small camera."""

    def __init__(self, random: np.random.Generator, *, brightness: float = 150.0) -> None:
        self._random = random
        plaster = cv2.GaussianBlur(random.normal(0, 1, (160, 160)).astype(np.float32), (0, 0), 2.5)
        plaster *= 14 / float(plaster.std())
        falloff = np.linspace(1.1, 0.8, 160, dtype=np.float32)[None, :]
        tint = np.asarray(random.uniform(0.9, 1.05, 3), np.float32)
        self._plaster = np.asarray((brightness + plaster)[..., None] * falloff[..., None] * tint, np.float32)

    def wall(self, pose: Pose, width: int, height: int) -> Floats:
        side = self._plaster.shape[0]
        size = 1.12 * max(width, height) / side
        shift_x = (width - size * side) / 2 + pose.camera_x * _WALL_PARALLAX * width
        shift_y = (height - size * side) / 2 + pose.camera_y * _WALL_PARALLAX * width
        move = np.array([[size, 0, shift_x], [0, size, shift_y]], np.float32)
        wall = cv2.warpAffine(self._plaster, move, (width, height), borderMode=cv2.BORDER_REFLECT)
        return np.asarray(wall, np.float32)

    def sensor(self, scene: Floats) -> Bytes:
        return noisy(scene, self._random)


def noisy(scene: Floats, random: np.random.Generator, *, deviation: float = READ_NOISE) -> Bytes:
    """Grey noise, and an exposure that wanders a little."""
    grain = random.standard_normal(scene.shape[:2], dtype=np.float32) * np.float32(deviation)
    exposed = scene * np.float32(1 + random.normal(0, _EXPOSURE_WANDERS)) + grain[..., None]
    return np.clip(exposed, 0, 255).astype(np.uint8)
