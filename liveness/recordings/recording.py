"""The frames of a session that was filmed before, each with its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from liveness.errors import ImageRefused
from liveness.images import PHOTO_LIMITS, as_frame


class RecordingRefused(Exception):
    """A file or directory that is not read, because it is hostile, broken or none.

    `reason` is a stable code, as that of `liveness.ImageRefused`: missing, no_pictures, too_many_frames,
    unknown_format, too_many_bytes, too_many_pixels, too_long, undecodable.
    """

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Frame:
    """`t_ms`: since the first one. `data`: an encoded picture, not decoded and not checked yet."""

    name: str
    t_ms: int
    data: bytes = field(repr=False)


class Recording(Protocol):
    """`expected`: how many frames will come, for a progress bar; a video's header may be wrong about it."""

    @property
    def expected(self) -> int: ...

    def frames(self) -> Iterator[Frame]:
        """:raises RecordingRefused: also midway, when a video breaks off or goes beyond its bounds."""
        ...


def read_picture(path: Path) -> bytes:
    """The file as the camera page would have sent it: what is no plain JPEG already is written as one.

    What is refused comes back as it is, or so much of it that its size is refused: the engine says why.

    :raises RecordingRefused: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(PHOTO_LIMITS.max_bytes + 1)
    except OSError as error:
        raise RecordingRefused("missing", f"{path} cannot be read: {error.strerror}") from error
    try:
        return as_frame(data)
    except ImageRefused:
        return data
