"""Videos made for a test."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np


def write_video(path: Path, frames: Iterable[np.ndarray], *, fps: float) -> Path:
    """MPEG-4, or Motion JPEG when the name ends with .avi."""
    frames = list(frames)
    size = frames[0].shape[1], frames[0].shape[0]
    code = cv2.VideoWriter_fourcc(*("MJPG" if path.suffix == ".avi" else "mp4v"))
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, fps, size)
    assert writer.isOpened()
    for frame in frames:
        writer.write(frame)
    writer.release()
    return path


def grey(count: int, *, width: int = 64, height: int = 48) -> list[np.ndarray]:
    """Frames that tell their number by their light."""
    return [np.full((height, width, 3), 255 * i // max(count - 1, 1), np.uint8) for i in range(count)]


def turn_by_metadata(path: Path) -> None:
    """Write a quarter turn clockwise into the track header, as a phone that is held upright does."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4
    assert data[at] == 0  # version 0: ISO/IEC 14496-12 section 8.3.2, the matrix lies 40 bytes further
    one = 1 << 16
    struct.pack_into(">9i", data, at + 40, 0, one, 0, -one, 0, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
