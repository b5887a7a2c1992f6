"""From bytes of a stranger to pixels: bounds first, then what is left of the file, then a decoder."""

from __future__ import annotations

import struct
from collections.abc import Callable

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from liveness.errors import ImageRefused
from liveness.images import jpeg, png, webp
from liveness.images.plain import FRAME_LIMITS, PHOTO_LIMITS, Limits, Plain

# One picture a thread is enough: OpenCV's own pool would fight with the server's workers.
cv2.setNumThreads(1)

_FULL_SIDE = 1280  # above, half or a quarter of the resolution serves as well and costs less
_FRAME_QUALITY = 95

Pixels = NDArray[np.uint8]

_UPRIGHT: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.transpose(1, 0, 2),
    6: lambda stored: stored.transpose(1, 0, 2)[:, ::-1],
    7: lambda stored: stored.transpose(1, 0, 2)[::-1, ::-1],
    8: lambda stored: stored.transpose(1, 0, 2)[::-1],
}
"""EXIF orientation: what has to be done to the stored rows."""


def decode(data: bytes, limits: Limits = FRAME_LIMITS) -> Pixels:
    """Return the picture as H x W x 3, BGR, uint8; upright when EXIF says how.

    Pictures with a side above 1280 come back scaled down by 2, 4 or 8.

    :raises ImageRefused: with the reason.
    """
    plain = bounded(data, limits)
    factor = next((f for f in (1, 2, 4) if max(plain.width, plain.height) <= _FULL_SIDE * f), 8)
    wanted = -(-plain.height // factor), -(-plain.width // factor)
    stored = _jpeg(plain, wanted) if plain.kind.startswith("jpeg") else _other(plain, wanted)
    if stored.dtype != np.uint8 or stored.shape != (*wanted, 3):
        raise ImageRefused("undecodable")
    return np.ascontiguousarray(_UPRIGHT[plain.orientation](stored))


def bounded(data: bytes, limits: Limits) -> Plain:
    """What a decoder may see: of a kind that is asked for, whole, and within its bounds.

    :raises ImageRefused: with the reason.
    """
    if len(data) > limits.max_bytes:
        raise ImageRefused("too_many_bytes")
    plain = _stripped(data)
    bound = limits.kinds.get(plain.kind)
    if bound is None:
        raise ImageRefused("unsupported_form")
    if len(data) > bound.max_bytes:
        raise ImageRefused("too_many_bytes")
    if plain.width * plain.height > bound.max_pixels:
        raise ImageRefused("too_many_pixels")
    if min(plain.width, plain.height) < limits.min_side:
        raise ImageRefused("too_small")
    return plain


def as_frame(data: bytes) -> bytes:
    """A picture from a file of any kind that a photo may have, as the camera page would have sent it.

    :raises ImageRefused: with the reason.
    """
    try:
        bounded(data, FRAME_LIMITS)
    except ImageRefused:
        image = decode(data, PHOTO_LIMITS)
        frame: bytes = simplejpeg.encode_jpeg(image, _FRAME_QUALITY, "BGR", "420")
        return frame
    return data


def _stripped(data: bytes) -> Plain:
    try:
        if data.startswith(jpeg.MAGIC):
            return jpeg.strip(data)
        if data.startswith(png.MAGIC):
            return png.strip(data)
        if webp.is_webp(data):
            return webp.strip(data)
    except (struct.error, IndexError) as error:
        raise ImageRefused("truncated") from error
    raise ImageRefused("unknown_format")


def _jpeg(plain: Plain, wanted: tuple[int, int]) -> Pixels:
    """Strict: what OpenCV would fill with grey, and say so on stderr for each picture, is refused."""
    height, width = wanted
    try:
        image: Pixels = simplejpeg.decode_jpeg(
            plain.data, "BGR", min_height=height, min_width=width, strict=True
        )
    except (ValueError, MemoryError) as error:
        raise ImageRefused("undecodable") from error
    return image


def _other(plain: Plain, wanted: tuple[int, int]) -> Pixels:
    try:
        image = cv2.imdecode(np.frombuffer(plain.data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise ImageRefused("undecodable") from error
    if image is None or image.shape[:2] != (plain.height, plain.width):
        raise ImageRefused("undecodable")
    if image.shape[:2] != wanted:
        image = cv2.resize(image, wanted[::-1], interpolation=cv2.INTER_AREA)
    return np.asarray(image, np.uint8)
