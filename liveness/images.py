"""Bounded decoding of pictures that come from strangers.

Size and colours are read from the header before a decoder sees the bytes: a picture of a few
kilobytes can otherwise claim gigabytes. Only whole JPEG, PNG and WebP files with nothing
behind their end are decoded.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from liveness.errors import ImageRefused

# One picture a thread is enough: OpenCV's own pool would fight with the server's workers.
cv2.setNumThreads(1)

_MAX_JPEG_SCANS = 20  # a progressive file has about ten; each scan costs a pass over all pixels


@dataclass(frozen=True, slots=True)
class Limits:
    max_bytes: int
    max_pixels: int
    min_side: int = 160


FRAME_LIMITS = Limits(max_bytes=1_500_000, max_pixels=1920 * 1080)
PHOTO_LIMITS = Limits(max_bytes=10_000_000, max_pixels=24_000_000, min_side=80)

_FULL_SIDE = 1280  # above, half or a quarter of the resolution serves as well and costs less


def decode(data: bytes, limits: Limits = FRAME_LIMITS) -> NDArray[np.uint8]:
    """Return the picture as H x W x 3, BGR, uint8; upright when EXIF says how.

    Pictures with a side above 1280 come back scaled down by 2, 4 or 8.

    :raises ImageRefused: with the reason.
    """
    if len(data) > limits.max_bytes:
        raise ImageRefused("too_many_bytes")
    width, height = size_of(data)
    if width * height > limits.max_pixels:
        raise ImageRefused("too_many_pixels")
    if min(width, height) < limits.min_side:
        raise ImageRefused("too_small")
    reduced = {1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4}
    factor = next((f for f in (1, 2, 4) if max(width, height) <= _FULL_SIDE * f), 8)
    try:
        flag = reduced.get(factor, cv2.IMREAD_REDUCED_COLOR_8)
        image: NDArray[np.uint8] | None = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
    except cv2.error as error:
        raise ImageRefused("undecodable") from error
    if image is None or image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise ImageRefused("undecodable")
    expected = {-(-width // factor), -(-height // factor), width // factor, height // factor}
    if not set(image.shape[:2]) <= expected:
        raise ImageRefused("undecodable")
    return image


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height from the header of a whole, plain picture.

    :raises ImageRefused: unknown or unsupported form, not whole, or more than one picture.
    """
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg_size(data)
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return _png_size(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp_size(data)
    except (struct.error, IndexError) as error:
        raise ImageRefused("truncated") from error
    raise ImageRefused("unknown_format")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """ITU-T T.81 Annex B: walk the segments to the frame header."""
    if not data.endswith(b"\xff\xd9"):
        raise ImageRefused("trailing_bytes" if b"\xff\xd9" in data else "truncated")
    if data.count(b"\xff\xda") > _MAX_JPEG_SCANS:
        raise ImageRefused("too_many_pixels")
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ImageRefused("undecodable")
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if marker in (0xC0, 0xC1, 0xC2):
            precision, height, width, components = struct.unpack_from(">BHHB", data, at + 4)
            if precision != 8 or components not in (1, 3):
                raise ImageRefused("unsupported_colours")
            return width, height
        if marker in (0xD8, 0xD9, 0xDA) or (0xC3 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)):
            raise ImageRefused("undecodable")
        at += 2 + length


def _png_size(data: bytes) -> tuple[int, int]:
    """ISO/IEC 15948 section 5: IHDR first, IEND last, nothing behind."""
    length, kind, width, height, depth, colour = struct.unpack_from(">I4sIIBB", data, 8)
    if kind != b"IHDR" or length != 13:
        raise ImageRefused("undecodable")
    if depth > 8 or colour not in (0, 2, 3, 4, 6):
        raise ImageRefused("unsupported_colours")
    at = 8
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"acTL":
            raise ImageRefused("animated")
        at += 12 + length
    if at != len(data):
        raise ImageRefused("trailing_bytes" if at < len(data) else "truncated")
    return width, height


def _webp_size(data: bytes) -> tuple[int, int]:
    """RFC 9649 sections 2.4 to 2.7."""
    (length,) = struct.unpack_from("<I", data, 4)
    if length + 8 != len(data):
        raise ImageRefused("trailing_bytes" if length + 8 < len(data) else "truncated")
    kind = data[12:16]
    if kind == b"VP8X":
        if data[20] & 0x02:
            raise ImageRefused("animated")
        return (
            int.from_bytes(data[24:27], "little") + 1,
            int.from_bytes(data[27:30], "little") + 1,
        )
    if kind == b"VP8L" and data[20] == 0x2F:
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ImageRefused("undecodable")
