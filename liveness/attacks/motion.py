"""Motions as people make them: timelines of poses for each action of the challenge.

Every timeline begins and ends in the neutral pose with no sway, so timelines can follow one another in
any order without a jump. Times are seconds, rates frames a second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from liveness.attacks.pose import Pose

Keys = tuple[tuple[float, float], ...]

TURN_DEGREES = 32.0
NOD_DEGREES = 18.0
_TURN: Keys = ((0.25, 0), (0.95, 1), (1.4, 1), (2.1, 0), (2.4, 0))
_NOD: Keys = ((0.25, 0), (0.65, 1), (0.8, 1), (1.2, -0.25), (1.6, 0.9), (2.0, 0), (2.3, 0))
_BLINK: Keys = ((0.4, 0), (0.52, 1), (0.78, 1), (0.95, 0), (1.4, 0))
_OPEN_MOUTH: Keys = ((0.25, 0), (0.65, 1), (1.2, 1), (1.6, 0), (1.9, 0))

# Action -> keys of its strength over time, and what that strength does to a pose.
_TIMELINES: dict[str, tuple[Keys, Callable[[Pose, float], Pose]]] = {
    "turn_left": (_TURN, lambda pose, s: _turned(pose, s)),
    "turn_right": (_TURN, lambda pose, s: _turned(pose, -s)),
    "nod": (_NOD, lambda pose, s: replace(pose, pitch_degrees=pose.pitch_degrees + NOD_DEGREES * s)),
    "blink": (_BLINK, lambda pose, s: replace(pose, blink=max(pose.blink, s))),
    "open_mouth": (_OPEN_MOUTH, lambda pose, s: replace(pose, mouth=max(pose.mouth, s))),
}
ACTIONS = tuple(_TIMELINES)


def _turned(pose: Pose, strength: float) -> Pose:
    """A turning head also tilts a little and takes the shoulders along."""
    return replace(
        pose,
        yaw_degrees=pose.yaw_degrees + TURN_DEGREES * strength,
        roll_degrees=pose.roll_degrees + 1.5 * strength,
        pitch_degrees=pose.pitch_degrees + 1.5 * abs(strength),
        shift_x=pose.shift_x + 0.01 * strength,
    )


def strength_at(seconds: float, keys: Keys) -> float:
    """Strength between keys, eased in and out as muscles do (a cosine ramp)."""
    if seconds <= keys[0][0]:
        return keys[0][1]
    for (start, before), (end, after) in pairwise(keys):
        if seconds <= end:
            eased = (1 - np.cos(np.pi * (seconds - start) / (end - start))) / 2
            return float(before + (after - before) * eased)
    return keys[-1][1]


class Sway:
    """What a person who holds still does anyway: sway, tremble, breathe; nil at both ends of the timeline."""

    def __init__(self, seconds: float, random: np.random.Generator) -> None:
        """Draw one timeline of ``seconds``."""
        self._seconds = seconds
        self._cycles = np.arange(1, 2 + int(seconds * 2.5))
        fade = 1 / np.sqrt(self._cycles)
        self._weights = random.normal(0, 1, (7, len(self._cycles))) * fade / np.linalg.norm(fade)

    def at(self, seconds: float) -> Pose:
        """The resting pose at a time."""
        waves = np.sin(2 * np.pi * self._cycles * seconds / self._seconds)
        yaw, pitch, roll, x, y, size, shake = (float(wave) for wave in self._weights @ waves)
        return Pose(
            yaw_degrees=1.0 * yaw,
            pitch_degrees=0.8 * pitch,
            roll_degrees=0.5 * roll,
            shift_x=0.004 * x,
            shift_y=0.003 * y,
            scale=1 + 0.006 * size,
            breath=float(np.sin(2 * np.pi * max(1, round(self._seconds / 4)) * seconds / self._seconds)),
            camera_x=0.001 * shake,
            camera_y=0.001 * yaw,
        )


def action_poses(action: str, random: np.random.Generator, *, fps: float = 12) -> list[Pose]:
    """Neutral, the action, neutral again: about two seconds. ``liveness.Action`` is a string too."""
    keys, apply = _TIMELINES[action]
    sway = Sway(keys[-1][0], random)
    times = np.arange(0, keys[-1][0], 1 / fps)
    return [apply(sway.at(t), strength_at(t, keys)) for t in times]


def idle_poses(seconds: float, random: np.random.Generator, *, fps: float = 12) -> list[Pose]:
    """Waiting: sway, and a quick blink every few seconds as everyone's eyes need."""
    sway = Sway(seconds, random)
    blinks = np.arange(random.uniform(1.5, 3.5), seconds - 0.5, 4.0)
    poses = []
    for t in np.arange(0, seconds, 1 / fps):
        shut = max(
            (strength_at(t - b, ((0, 0), (0.08, 1), (0.12, 1), (0.25, 0))) for b in blinks), default=0.0
        )
        poses.append(replace(sway.at(t), blink=shut))
    return poses
