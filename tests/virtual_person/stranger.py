"""Another person's photo, for the match to refuse: the same portrait with the face rebuilt.

scikit-image carries no second portrait large enough, so eyes, nose, mouth, jaw and brows are moved and
resized. The amounts were found by a search for a face that the match takes for another person's while
the detector still takes it for a face; it needs no beauty.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from liveness.attacks.pose import Pose
from tests.virtual_person.person import FACE_CENTRE, PIXELS_AT_480, VirtualPerson
from tests.virtual_person.portrait import Floats

_SCALE = 0.9


@dataclass(frozen=True, slots=True)
class Change:
    """One part of the face, in picture pixels: where, how far around, how much larger, moved where to."""

    x: float
    y: float
    wide: float
    high: float
    widen: float = 0.0
    heighten: float = 0.0
    right: float = 0.0
    down: float = 0.0


STRANGE = (
    Change(224, 165, 60, 30, widen=-0.34, down=-6.09),  # jaw
    Change(224, 147, 32, 13, widen=-0.48, heighten=-0.48, down=4.6),  # mouth
    Change(225, 128, 18, 16, widen=-0.43, down=2.18),  # nose
    Change(226, 120, 60, 25, widen=-0.1),  # cheeks
    Change(226, 80, 60, 25, widen=0.3),  # forehead
    Change(204, 101, 15, 9, widen=-0.39, heighten=0.18, right=-3.79, down=4.83),  # eyes
    Change(247, 103, 15, 9, widen=-0.39, heighten=0.18, right=3.79, down=4.83),
    Change(202, 89, 20, 6, heighten=-0.13, right=2.99, down=-5.86),  # brows
    Change(250, 91, 20, 6, heighten=-0.13, right=-2.99, down=-5.86),
)


def stranger_photo(person: VirtualPerson) -> bytes:
    """A register's photo (JPEG) of somebody who is not ``person``."""
    frame = person.frame(Pose(scale=_SCALE))
    height, width = frame.shape[:2]
    size = PIXELS_AT_480 * _SCALE
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    x = (columns - width / 2) / size + FACE_CENTRE[0]
    y = (rows - height * 0.45) / size + FACE_CENTRE[1]
    right, down = _moved(x, y)
    read_columns = (columns - right * size).astype(np.float32)
    read_rows = (rows - down * size).astype(np.float32)
    picture = cv2.remap(frame, read_columns, read_rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    ok, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
    if not ok:
        raise RuntimeError("this build of OpenCV writes no JPEG")
    return encoded.tobytes()


def _moved(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """How far what is seen at each picture position has moved, in picture pixels."""
    right, down = np.zeros_like(x), np.zeros_like(y)
    for part in STRANGE:
        near = np.exp(-(((x - part.x) / part.wide) ** 2) - ((y - part.y) / part.high) ** 2)
        right += ((x - part.x) * part.widen + part.right) * near
        down += ((y - part.y) * part.heighten + part.down) * near
    return right, down
