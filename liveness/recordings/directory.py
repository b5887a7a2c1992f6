"""A directory of pictures as a session: in the order of their names, evenly spaced in time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from liveness.recordings.recording import Frame, RecordingRefused, read_picture

MOST_FRAMES = 3_600  # two minutes at 30 a second
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
_DIGITS = re.compile(r"([0-9]{1,18})")


class DirectoryRecording:
    """Pictures of one directory, not of those below it."""

    def __init__(self, path: Path, *, fps: float) -> None:
        """:raises RecordingRefused: no pictures, or too many."""
        self._fps = fps
        try:
            found = [p for p in path.iterdir() if p.suffix.lower() in _PICTURES and p.is_file()]
        except OSError as error:
            raise RecordingRefused("missing", f"{path} cannot be read: {error.strerror}") from error
        if not found:
            raise RecordingRefused("no_pictures", f"no pictures in {path}")
        if len(found) > MOST_FRAMES:
            raise RecordingRefused("too_many_frames", f"{path} has over {MOST_FRAMES} pictures")
        self.files = tuple(sorted(found, key=natural_order))

    @property
    def expected(self) -> int:
        return len(self.files)

    def frames(self) -> Iterator[Frame]:
        for index, file in enumerate(self.files):
            yield Frame(file.name, round(index * 1000 / self._fps), read_picture(file))


def natural_order(path: Path) -> tuple[tuple[str | int, ...], str]:
    """frame_2 before frame_10: most programs that cut a film into pictures do not pad the number."""
    parts = _DIGITS.split(path.name)
    return tuple(int(part) if index % 2 else part for index, part in enumerate(parts)), path.name
