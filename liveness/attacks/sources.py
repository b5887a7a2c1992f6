"""What lies in files, as an attacker's material: the photo, and the film that an attack replays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from liveness.attacks.material import FPS
from liveness.attacks.portrait import HEIGHT, WIDTH, NoFace, Portrait
from liveness.attacks.stage import Bytes
from liveness.errors import ImageRefused
from liveness.images import PHOTO_LIMITS, decode
from liveness.onnx import ModelPack
from liveness.recordings import Kind, kind_of, open_recording


def read_photo(pack: ModelPack, path: Path) -> tuple[Portrait, bytes]:
    """The portrait and the encoded photo it was made of; of a film, its first frame with a face.

    :raises NoFace, ImageRefused, RecordingRefused, OSError: nothing there that could be presented.
    """
    pictures = [path.read_bytes()] if kind_of(path) is Kind.STILL else _encoded(path)
    for data in pictures:
        try:
            return Portrait.of(pack, decode(data, PHOTO_LIMITS)), data
        except NoFace:
            continue
    raise NoFace(f"no face was found in {path}")


def read_film(path: Path) -> list[Bytes]:
    """A directory or a video as frames of one size, in order; what cannot be decoded is left out.

    :raises RecordingRefused: neither, or beyond the bounds.
    """
    frames = []
    for data in _encoded(path):
        try:
            frames.append(covering(decode(data)))
        except ImageRefused:
            continue
    return frames


def covering(picture: Bytes) -> Bytes:
    """Scaled until it covers a camera's frame, and trimmed to it about the middle."""
    height, width = picture.shape[:2]
    size = max(WIDTH / width, HEIGHT / height)
    how = cv2.INTER_AREA if size < 1 else cv2.INTER_LINEAR
    large = cv2.resize(picture, (round(width * size), round(height * size)), interpolation=how)
    top, left = (large.shape[0] - HEIGHT) // 2, (large.shape[1] - WIDTH) // 2
    return np.ascontiguousarray(large[top : top + HEIGHT, left : left + WIDTH])


def _encoded(path: Path) -> Iterator[bytes]:
    return (frame.data for frame in open_recording(path, fps=FPS).frames())
