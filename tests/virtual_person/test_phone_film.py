"""The film file: it can be read back, whole and in order."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from tests.virtual_person import VirtualPerson
from tests.virtual_person.phone_film import film


def test_a_film_holds_every_frame_in_order(person: VirtualPerson, tmp_path: Path) -> None:
    file = tmp_path / "film.webm"
    file.write_bytes(film(person, ["turn_left"], rest_seconds=0.4))
    reader = cv2.VideoCapture(str(file))
    frames = []
    while True:
        more, frame = reader.read()
        if not more:
            break
        frames.append(frame.astype(int))
    assert len(frames) == 6 + 36
    first, turned, last = frames[0], frames[6 + 17], frames[-1]
    assert np.abs(first - turned).mean() > 2 * np.abs(first - last).mean()
