"""Tell pictures, videos and directories apart by what they are, not by what they are called."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from liveness.recordings.directory import DirectoryRecording
from liveness.recordings.recording import Recording, RecordingRefused
from liveness.recordings.video import VideoRecording

_HEAD_BYTES = 12


class Kind(StrEnum):
    """What a path leads to."""

    STILL = "still"
    DIRECTORY = "directory"
    VIDEO = "video"


def kind_of(path: Path) -> Kind:
    """:raises RecordingRefused: nothing there, or neither a picture nor a video that is read here."""
    if path.is_dir():
        return Kind.DIRECTORY
    if not path.is_file():
        raise RecordingRefused("missing", f"{path} is neither a file nor a directory")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise RecordingRefused("missing", f"{path} cannot be read: {error.strerror}") from error
    if _is_picture(head):
        return Kind.STILL
    if _is_video(head):
        return Kind.VIDEO
    raise RecordingRefused(
        "unknown_format",
        f"{path} is neither a picture (JPEG, PNG, WebP) nor a video (MP4, MOV, WebM, MKV, AVI)",
    )


def open_recording(path: Path, *, fps: float) -> Recording:
    """A directory, whose frames are `fps` a second, or a video, which has its own times.

    :raises RecordingRefused: neither, or beyond the bounds.
    """
    kind = kind_of(path)
    if kind is Kind.STILL:
        raise RecordingRefused("unknown_format", f"{path} is a single picture; a check needs a session")
    return VideoRecording(path) if kind is Kind.VIDEO else DirectoryRecording(path, fps=fps)


def _is_picture(head: bytes) -> bool:
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or is_webp


def _is_video(head: bytes) -> bool:
    """Containers that carry their own frames. Playlists, which make the decoder open other files and
    addresses, begin otherwise and so never reach it."""
    is_avi = head[:4] == b"RIFF" and head[8:12] == b"AVI "
    is_mp4 = head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide")  # the last three: QuickTime of before 2005
    return is_mp4 or head.startswith(b"\x1a\x45\xdf\xa3") or is_avi
