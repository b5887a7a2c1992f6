"""WebP, RFC 9649: the lossy picture is kept; opacity, profiles and metadata are left out."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from liveness.errors import ImageRefused
from liveness.images import exif
from liveness.images.plain import Plain

_MOST_CHUNKS = 64
_ANIMATED = frozenset({b"ANIM", b"ANMF"})
_START_CODE = b"\x9d\x01\x2a"


def is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def strip(data: bytes) -> Plain:
    """:raises ImageRefused: not whole, not plain, or of a form that is not served."""
    chunks = list(_chunks(data))
    extended = [body for name, body in chunks if name == b"VP8X"]
    if _ANIMATED.intersection(name for name, _ in chunks) or any(body[0] & 0x02 for body in extended):
        raise ImageRefused("animated")
    pictures = [(name, body) for name, body in chunks if name in (b"VP8 ", b"VP8L")]
    if len(pictures) != 1:
        raise ImageRefused("undecodable")
    name, body = pictures[0]
    if name == b"VP8L":
        # Its decoder keeps a set of Huffman tables for each tile that asks for one, down to 4 x 4
        # pixels: memory that neither bytes nor pixels bound well.
        raise ImageRefused("unsupported_form")
    width, height = _size(body)
    if any(_canvas(one) != (width, height) for one in extended):
        raise ImageRefused("undecodable")
    turned = next((exif.orientation(one) for kind, one in chunks if kind == b"EXIF"), exif.UPRIGHT)
    padded = body + bytes(len(body) & 1)
    whole = b"WEBPVP8 " + struct.pack("<I", len(body)) + padded
    return Plain("webp", b"RIFF" + struct.pack("<I", len(whole)) + whole, width, height, turned)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Section 2.3: name, length and body, padded to an even length."""
    (length,) = struct.unpack_from("<I", data, 4)
    if length + 8 != len(data):
        raise ImageRefused("trailing_bytes" if length + 8 < len(data) else "truncated")
    at = 12
    for _ in range(_MOST_CHUNKS):
        if at == len(data):
            return
        name, size = struct.unpack_from("<4sI", data, at)
        end = at + 8 + size
        if end + (size & 1) > len(data):
            raise ImageRefused("truncated")
        yield name, data[at + 8 : end]
        at = end + (size & 1)
    raise ImageRefused("undecodable")


def _size(body: bytes) -> tuple[int, int]:
    """Section 2.5, RFC 6386 section 9.1: a key frame's width and height, 14 bits each, unscaled."""
    width, height = struct.unpack_from("<HH", body, 6)
    if body[0] & 1 or body[3:6] != _START_CODE or (width | height) >> 14:
        raise ImageRefused("undecodable")
    return width, height


def _canvas(body: bytes) -> tuple[int, int]:
    """Section 2.7."""
    if len(body) < 10:
        raise ImageRefused("truncated")
    return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
