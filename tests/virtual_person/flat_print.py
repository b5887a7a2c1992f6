"""The virtual person's own print, flat or bent, held before the wall of its own room."""

from __future__ import annotations

import cv2
import numpy as np

from liveness.attacks.motion import action_poses
from liveness.attacks.prints import held_up, printed
from tests.virtual_person.person import VirtualPerson
from tests.virtual_person.portrait import Bytes


def flat_photo_clip(
    person: VirtualPerson, action: str = "turn_left", *, bend: float = 0.0, seed: int = 0, fps: float = 12
) -> list[Bytes]:
    """The print, moved as the action asks; ``bend`` is half the angle (radians) it spans on its cylinder."""
    photo = cv2.imdecode(np.frombuffer(person.photo(), np.uint8), cv2.IMREAD_COLOR)
    if photo is None:
        raise RuntimeError("this build of OpenCV reads no JPEG")
    sheet = printed(photo.astype(np.float32))
    poses = action_poses(action, np.random.default_rng(seed), fps=fps)
    return [held_up(person, sheet, pose, bend=bend, width=480, height=640) for pose in poses]
