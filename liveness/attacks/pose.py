"""Where a head, or the sheet held in its place, is in one frame, and what its face does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Pose:
    """Angles in degrees, shifts in parts of the frame's width; the default looks straight, mouth closed."""

    yaw_degrees: float = 0.0
    """Positive: towards the person's own left, which an unmirrored camera shows on its right."""
    pitch_degrees: float = 0.0
    """Positive: chin towards the chest."""
    roll_degrees: float = 0.0
    """Positive: the head leans to the person's own left."""
    blink: float = 0.0
    """0 eyes open, 1 eyes shut."""
    mouth: float = 0.0
    """0 lips closed, 1 mouth wide open."""
    shift_x: float = 0.0
    shift_y: float = 0.0
    scale: float = 1.0
    """Size of the head: 1 is a face 190 pixels wide in a frame 480 wide."""
    breath: float = 0.0
    """-1 (out) to 1 (in): lifts the shoulders by about a millimetre."""
    camera_x: float = 0.0
    camera_y: float = 0.0
    """Shake of the camera: moves the wall less than the person, for the wall is farther away."""


def rotation(yaw: float, pitch: float, roll: float) -> NDArray[np.float64]:
    """Degrees -> matrix; positive yaw turns to the person's own left (the picture's right), pitch down."""
    y, p, r = np.radians((yaw, pitch, roll))
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)
