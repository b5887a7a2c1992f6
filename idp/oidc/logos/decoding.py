"""A small PNG made of whatever a client calls its logo; `python -m idp.oidc.logos.decoding` does it apart.

Decoders are large, and what they read here is a stranger's. So they run in a process of their own, without
our environment and keys, with bounded memory and time: what breaks there breaks nothing else. PNG and JPEG
alone; never SVG, which is a program.
"""

import subprocess
import sys
from struct import Struct

BYTES_AT_MOST = 512 * 1024
"""Of what was fetched, and of what is made of it."""
EDGE_AT_LEAST, EDGE_AT_MOST = 16, 4096
PIXELS_AT_MOST = 4_000_000
EDGE = 128
"""Pixels of the square that is made: 64 on the page, on screens with two to a side."""
SECONDS = 5
MEMORY_BYTES = 1024 * 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8"
TWO_LONG, HEADER, FRAME = Struct(">II"), Struct(">4sI"), Struct(">HH")
# ITU-T T.81 table B.1: what begins a frame, and so says its size; C4, C8 and CC are something else.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class LogoRefused(ValueError):
    """`reason` is a code, for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def small_png(data: bytes) -> bytes:
    """A PNG of EDGE times EDGE pixels, and nothing in it but them. Raises LogoRefused."""
    check(data)
    command = [sys.executable, "-I", "-m", "idp.oidc.logos.decoding"]
    try:
        done = subprocess.run(  # noqa: S603 - ours, and nothing of the client's is in it
            command, input=data, capture_output=True, timeout=SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        raise LogoRefused("too-slow") from None
    if done.returncode != 0 or not done.stdout.startswith(PNG) or len(done.stdout) > BYTES_AT_MOST:
        raise LogoRefused("not-decodable")
    return done.stdout


def check(data: bytes) -> None:
    """What can be told before anything is decoded: a picture of a few bytes may claim to be a vast one.

    Raises LogoRefused.
    """
    if len(data) > BYTES_AT_MOST:
        raise LogoRefused("too-large")
    width, height = _size(data)
    if not all(EDGE_AT_LEAST <= edge <= EDGE_AT_MOST for edge in (width, height)):
        raise LogoRefused("wrong-size")
    if width * height > PIXELS_AT_MOST:
        raise LogoRefused("wrong-size")


def _size(data: bytes) -> tuple[int, int]:
    if data.startswith(PNG) and data[12:16] == b"IHDR" and len(data) >= 24:
        width, height = TWO_LONG.unpack_from(data, 16)
        return width, height
    if data.startswith(JPEG):
        return _size_of_jpeg(data)
    raise LogoRefused("neither-png-nor-jpeg")


def _size_of_jpeg(data: bytes) -> tuple[int, int]:
    """Segment by segment up to the frame (ITU-T T.81 section B.1.1)."""
    at = len(JPEG)
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in FRAMES:
            height, width = FRAME.unpack_from(data, at + 5)
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    raise LogoRefused("not-decodable")


def decoded(data: bytes) -> bytes:
    """In the process apart. Raises LogoRefused."""
    import cv2
    import numpy as np

    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None:
        raise LogoRefused("not-decodable")
    image = found.astype(np.float32) / (257 if found.dtype == np.uint16 else 1)
    if image.ndim == 2:
        image = np.repeat(image[:, :, None], 3, axis=2)
    elif image.shape[2] == 4:
        # On white, as the page shows it.
        opacity = image[:, :, 3:] / 255
        image = image[:, :, :3] * opacity + 255 * (1 - opacity)
    height, width = image.shape[:2]
    scale = EDGE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    square = np.full((EDGE, EDGE, 3), 255, np.float32)
    top, left = (EDGE - size[1]) // 2, (EDGE - size[0]) // 2
    square[top : top + size[1], left : left + size[0]] = small
    good, written = cv2.imencode(".png", np.clip(square.round(), 0, 255).astype(np.uint8))
    if not good:
        raise LogoRefused("not-decodable")
    return bytes(written)


def _bounded() -> None:
    import resource

    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    import os

    # One thread: each would reserve memory of its own.
    os.environ.update(OPENCV_FOR_THREADS_NUM="1", OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    # What `check` has found, another reader may find otherwise: the decoder goes by its own.
    os.environ.update(OPENCV_IO_MAX_IMAGE_PIXELS=str(PIXELS_AT_MOST))
    _bounded()
    sys.stdout.buffer.write(decoded(sys.stdin.buffer.read(BYTES_AT_MOST + 1)))
