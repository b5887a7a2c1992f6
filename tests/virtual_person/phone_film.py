"""A short film of the person, as a phone's own camera app records one where a page gets no camera."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import cv2

from tests.virtual_person.person import VirtualPerson

FILM_FPS = 15


def film(person: VirtualPerson, actions: Iterable[str], *, rest_seconds: float = 1.0) -> bytes:
    """A WebM (VP8) file, 480 x 640: rest, then the actions in their order."""
    frames = person.idle(rest_seconds, FILM_FPS)
    for action in actions:
        frames += person.clip(action, FILM_FPS)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "film.webm"
        height, width = frames[0].shape[:2]
        writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"VP80"), FILM_FPS, (width, height))
        if not writer.isOpened():
            raise RuntimeError("this build of OpenCV writes no VP8")
        for frame in frames:
            writer.write(frame)
        writer.release()
        return file.read_bytes()
