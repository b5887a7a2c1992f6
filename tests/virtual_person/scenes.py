"""Everything the virtual camera can be pointed at, as JPEG clips, rendered when first asked for."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache

import cv2
import numpy as np

from liveness.attacks.motion import ACTIONS, idle_poses
from liveness.attacks.pose import Pose
from tests.virtual_person.flat_print import flat_photo_clip
from tests.virtual_person.person import VirtualPerson
from tests.virtual_person.portrait import Bytes

FPS = 15
"""Frames a second of every clip: what a cheap webcam gives in a dim room."""
IDLE = "idle"
IDLE_SECONDS = 4.0
_JPEG_QUALITY = 92


def _live(person: VirtualPerson, motion: str) -> list[Bytes]:
    return person.idle(IDLE_SECONDS, FPS) if motion == IDLE else person.clip(motion, FPS)


def _print(person: VirtualPerson, motion: str, *, bend: float = 0.0) -> list[Bytes]:
    """A print that is asked to blink or to do nothing is held still, as well as hands can."""
    return flat_photo_clip(person, "blink" if motion == IDLE else motion, bend=bend, fps=FPS)


def _nobody(person: VirtualPerson, _motion: str) -> list[Bytes]:
    return [person.sensor(person.wall(Pose(), 480, 640)) for _ in range(FPS)]


def _two_people(person: VirtualPerson, _motion: str) -> list[Bytes]:
    """Two half frames side by side: both faces are large enough to be found."""
    poses = idle_poses(2, np.random.default_rng(4), fps=FPS)
    return [np.hstack([person.frame(pose, width=240, height=640) for _ in range(2)]) for pose in poses]


def _far_away(person: VirtualPerson, _motion: str) -> list[Bytes]:
    """A face of a sixth of the frame's width."""
    return [
        person.frame(Pose(scale=0.4, shift_x=0.002 * (step % 3)), width=480, height=640)
        for step in range(FPS)
    ]


SUBJECTS: dict[str, Callable[[VirtualPerson, str], list[Bytes]]] = {
    "live": _live,
    "print": _print,
    "bent_print": lambda person, motion: _print(person, motion, bend=0.6),
    "nobody": _nobody,
    "two_people": _two_people,
    "far_away": _far_away,
}
MOTIONS = (*ACTIONS, IDLE)


class Scenes:
    """Clips of one person, each rendered once."""

    def __init__(self, person: VirtualPerson) -> None:
        """Nothing is rendered yet."""
        self._person = person
        self.clip = cache(self._render)

    def prepare(self, subject: str = "live") -> None:
        """Render all motions now (some seconds), lest the first answers come late to an impatient page."""
        for motion in MOTIONS:
            self.clip(subject, motion)

    def _render(self, subject: str, motion: str) -> tuple[str, ...]:
        """The frames of a clip as base64 JPEG; raises KeyError for an unknown subject or motion."""
        if motion not in MOTIONS:
            raise KeyError(motion)
        frames = SUBJECTS[subject](self._person, motion)
        return tuple(base64.b64encode(_jpeg(frame)).decode() for frame in frames)


def _jpeg(frame: Bytes) -> bytes:
    ok, encoded = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not ok:
        raise RuntimeError("this build of OpenCV writes no JPEG")
    return encoded.tobytes()
