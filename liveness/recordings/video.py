"""A video file as a session: within bounds, upright, at most 15 frames a second at their true times."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from liveness.recordings.recording import Frame, RecordingRefused

# We say what is wrong with a file; decoder and OpenCV keep quiet. The former reads this with the first video.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

FRAMES_A_SECOND = 15.0  # the page sends 12; more cost time and show nothing new
MOST_SECONDS = 120  # as long as a session may last
MOST_BYTES = 512 << 20
MOST_PIXELS = 4096 * 2304
MOST_DECODED = MOST_SECONDS * 240  # frames: slow motion of a phone
_FULL_SIDE = 1280  # longer sides are shrunk by whole numbers, as pictures are when they are decoded
_JPEG_QUALITY = 95
_OPENING = (
    cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
    10_000,
    cv2.CAP_PROP_READ_TIMEOUT_MSEC,
    10_000,
    cv2.CAP_PROP_N_THREADS,
    1,
)


class VideoRecording:
    """One video file. Its frames are turned as its metadata say and encoded again as JPEG (quality 95),
    because the engine takes what a page would send."""

    def __init__(self, path: Path) -> None:
        """:raises RecordingRefused: too large, too long, or nothing that can be decoded."""
        self._path = path
        if path.stat().st_size > MOST_BYTES:
            raise RecordingRefused("too_many_bytes", f"{path} is over {MOST_BYTES >> 20} MB")
        with self._opened() as video:
            rate = video.get(cv2.CAP_PROP_FPS)
            count = video.get(cv2.CAP_PROP_FRAME_COUNT)
        seconds = count / rate if rate > 0 and count > 0 else 0.0
        if seconds > MOST_SECONDS:
            raise self._too_long()
        self.expected = max(1, round(seconds * min(rate, FRAMES_A_SECOND)))

    def frames(self) -> Iterator[Frame]:
        start_ms: float | None = None
        last_ms, due_ms = -1, 0.0
        with self._opened() as video:
            for number in range(MOST_DECODED + 1):
                if not self._grab(video):
                    break
                position = float(video.get(cv2.CAP_PROP_POS_MSEC))
                start_ms = position if start_ms is None else start_ms
                t_ms = round(position - start_ms)
                if t_ms > MOST_SECONDS * 1000 or number == MOST_DECODED:
                    raise self._too_long()
                # Half a millisecond: times of frames are rounded by their containers.
                if t_ms <= last_ms or t_ms < due_ms - 0.5:
                    continue
                last_ms, due_ms = t_ms, max(due_ms + 1000 / FRAMES_A_SECOND, t_ms)
                yield Frame(f"{self._path.name} at {t_ms} ms", t_ms, self._encoded(video))
        if start_ms is None:
            raise RecordingRefused("undecodable", f"{self._path}: not a single frame could be decoded")

    @contextmanager
    def _opened(self) -> Iterator[cv2.VideoCapture]:
        # The file system's name, absolute: FFmpeg would take `tcp:x` for an address.
        video = cv2.VideoCapture(str(self._path.resolve()), cv2.CAP_FFMPEG, list(_OPENING))
        try:
            width, height = video.get(cv2.CAP_PROP_FRAME_WIDTH), video.get(cv2.CAP_PROP_FRAME_HEIGHT)
            if not video.isOpened() or width < 1 or height < 1:
                raise RecordingRefused("undecodable", f"{self._path} holds no video that can be decoded")
            if width * height > MOST_PIXELS:
                raise RecordingRefused("too_many_pixels", f"{self._path}: {width:.0f} x {height:.0f} pixels")
            video.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
            yield video
        finally:
            video.release()

    def _grab(self, video: cv2.VideoCapture) -> bool:
        try:
            return bool(video.grab())
        except cv2.error as error:
            raise RecordingRefused("undecodable", f"{self._path} broke off while decoding") from error

    def _encoded(self, video: cv2.VideoCapture) -> bytes:
        try:
            ok, image = video.retrieve()
            if not ok or image.ndim != 3 or image.shape[0] * image.shape[1] > MOST_PIXELS:
                raise RecordingRefused("undecodable", f"{self._path} has a frame that cannot be decoded")
            ok, encoded = cv2.imencode(".jpg", _shrunk(image), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
        except cv2.error as error:
            raise RecordingRefused(
                "undecodable", f"{self._path} has a frame that cannot be decoded"
            ) from error
        if not ok:
            raise RecordingRefused("undecodable", f"{self._path} has a frame that cannot be encoded")
        data: bytes = encoded.tobytes()
        return data

    def _too_long(self) -> RecordingRefused:
        return RecordingRefused("too_long", f"{self._path} is longer than {MOST_SECONDS} s; cut it")


def _shrunk(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    factor = -(-max(image.shape[:2]) // _FULL_SIDE)
    if factor == 1:
        return image
    size = (max(image.shape[1] // factor, 1), max(image.shape[0] // factor, 1))
    smaller: NDArray[np.uint8] = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return smaller
