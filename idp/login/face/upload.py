"""What the camera page sends: up to four frames a batch, kept in memory and nowhere else."""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any, Literal

from flask import Request
from werkzeug.formparser import FormDataParser

from idp.settings import Liveness

FRAMES_AT_MOST = 4
# Werkzeug holds its read buffer (64 KiB at a time, files included) to this bound, too.
FIELD_BYTES_AT_MOST = 256 * 1024
PARTS_AT_MOST = FRAMES_AT_MOST + 5
FILM_SECONDS_AT_MOST = 60

COLOURS_AT_MOST = 16

Mode = Literal["live", "film"]
ScreenShown = tuple[int, int]
"""Place of a colour in the session's sequence, and when it was painted, in ms by the page's clock."""


class BatchRefused(Exception):
    """Not what the page sends. `reason` is a code; nothing of the pictures is in it."""

    def __init__(self, reason: str, *, status: int = 400) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@dataclass(frozen=True, slots=True, repr=False)
class Batch:
    number: int
    mode: Mode
    frames: tuple[tuple[bytes, int], ...]
    """Encoded image, and its capture time in milliseconds by the page's clock."""
    screens: "tuple[ScreenShown | None, ...]" = ()
    """For each frame: which colour the page showed then, and since when. Empty while it shows none."""


def read_batch(request: Request, limits: Liveness) -> Batch:
    """Raises BatchRefused. The body is parsed here, since Flask's own parser writes large files to disk."""
    length = request.content_length
    if length is None or length > FRAMES_AT_MOST * limits.frame_bytes_at_most + 4096:
        raise BatchRefused("too_large", status=413)
    if request.mimetype != "multipart/form-data":
        raise BatchRefused("not_multipart")
    parser = FormDataParser(
        stream_factory=_in_memory,
        max_form_memory_size=FIELD_BYTES_AT_MOST,
        max_form_parts=PARTS_AT_MOST,
        silent=False,
    )
    try:
        _, form, files = parser.parse(
            request.stream, request.mimetype, length, options=dict(request.mimetype_params)
        )
    except ValueError:
        raise BatchRefused("malformed") from None
    images = [one.stream.read() for one in files.getlist("frame")]
    if not 1 <= len(images) <= FRAMES_AT_MOST:
        raise BatchRefused("count")
    if any(len(image) > limits.frame_bytes_at_most for image in images):
        raise BatchRefused("too_large", status=413)
    mode: Mode = "film" if form.get("mode") == "recorded" else "live"
    times = _times(form.get("times", ""), longest_seconds=max(limits.session_seconds, FILM_SECONDS_AT_MOST))
    if len(times) != len(images):
        raise BatchRefused("times")
    frames = tuple(zip(images, times, strict=True))
    return Batch(_number(form.get("batch", ""), limits), mode, frames, _screens(form.get("screens"), times))


def _in_memory(*_sizes_and_names: object, **_more: object) -> IO[bytes]:
    return BytesIO()


def _times(text: str, *, longest_seconds: int) -> list[int]:
    times = _list(text, "times")
    for one in times:
        if type(one) is not int or not 0 <= one <= longest_seconds * 1000:
            raise BatchRefused("times")
    return times


def _screens(text: str | None, times: list[int]) -> tuple[ScreenShown | None, ...]:
    """A colour is painted before a frame is taken of it."""
    if text is None:
        return ()
    screens = _list(text, "screens")
    if len(screens) != len(times):
        raise BatchRefused("screens")
    return tuple(_screen(one, t_ms) for one, t_ms in zip(screens, times, strict=True))


def _screen(value: object, t_ms: int) -> ScreenShown | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2 or any(type(number) is not int for number in value):
        raise BatchRefused("screens")
    place, since_ms = value
    if not (0 <= place < COLOURS_AT_MOST and 0 <= since_ms <= t_ms):
        raise BatchRefused("screens")
    return place, since_ms


def _list(text: str, name: str) -> list[Any]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        raise BatchRefused(name) from None
    if not isinstance(values, list) or len(values) > FRAMES_AT_MOST:
        raise BatchRefused(name)
    return values


def _number(text: str, limits: Liveness) -> int:
    """Batches count from 0; there are never more than there may be frames."""
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < limits.frames_at_most):
        raise BatchRefused("batch")
    return int(text)
