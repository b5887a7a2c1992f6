"""What the virtual person does in one frame."""

from __future__ import annotations

from dataclasses import dataclass


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
