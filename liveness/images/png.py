"""PNG, ISO/IEC 15948: header, palette and pixels are kept, everything else is left out."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from liveness.errors import ImageRefused
from liveness.images import exif
from liveness.images.plain import Plain

MAGIC = b"\x89PNG\r\n\x1a\n"
_GREY, _COLOUR, _PALETTE, _GREY_ALPHA, _COLOUR_ALPHA = 0, 2, 3, 4, 6
_DEPTHS = {_GREY: (1, 2, 4, 8), _COLOUR: (8,), _PALETTE: (1, 2, 4, 8), _GREY_ALPHA: (8,), _COLOUR_ALPHA: (8,)}
"""Of section 11.2.2 those up to eight bits."""
_MOST_CHUNKS = 1024  # libpng cuts the pixels into pieces of 8 KiB
_LONGEST_PALETTE = 256 * 3


def strip(data: bytes) -> Plain:
    """:raises ImageRefused: not whole, not plain, or of a form that is not served."""
    chunks = list(_chunks(data))
    if chunks[0][0] != b"IHDR" or len(chunks[0][1]) != 13:
        raise ImageRefused("undecodable")
    header = chunks[0][1]
    width, height, depth, colour, compression, filters, interlace = struct.unpack(">IIBBBBB", header)
    if depth not in _DEPTHS.get(colour, ()):
        raise ImageRefused("unsupported_colours")
    if interlace:
        raise ImageRefused("unsupported_form")
    if compression or filters:
        raise ImageRefused("undecodable")
    names = [name for name, _ in chunks[1:]]
    if b"acTL" in names:
        raise ImageRefused("animated")
    # Section 5.4: a capital first letter marks what may not be left out.
    if any(name[:1].isupper() for name in set(names) - {b"PLTE", b"IDAT", b"IEND"}):
        raise ImageRefused("unsupported_form")
    kept = [MAGIC, _chunk(b"IHDR", header)]
    if colour == _PALETTE:
        palettes = [body for name, body in chunks if name == b"PLTE"]
        if len(palettes) != 1 or not 3 <= len(palettes[0]) <= _LONGEST_PALETTE or len(palettes[0]) % 3:
            raise ImageRefused("undecodable")
        kept.append(_chunk(b"PLTE", palettes[0]))
    kept += [_chunk(b"IDAT", _pixels(chunks)), _chunk(b"IEND", b"")]
    turned = next((exif.orientation(body) for name, body in chunks if name == b"eXIf"), exif.UPRIGHT)
    return Plain("png", b"".join(kept), width, height, turned)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk, up to the end of the file, which has to be IEND's."""
    at = len(MAGIC)
    for _ in range(_MOST_CHUNKS):
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise ImageRefused("truncated")
        body = data[at + 8 : end - 4]
        if zlib.crc32(data[at + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]:
            raise ImageRefused("undecodable")
        yield name, body
        if name == b"IEND":
            if end != len(data):
                raise ImageRefused("trailing_bytes")
            return
        at = end
    raise ImageRefused("undecodable")


def _pixels(chunks: list[tuple[bytes, bytes]]) -> bytes:
    """Section 5.6: the pieces follow each other."""
    where = [index for index, (name, _) in enumerate(chunks) if name == b"IDAT"]
    if not where or where[-1] - where[0] + 1 != len(where):
        raise ImageRefused("undecodable")
    return b"".join(chunks[index][1] for index in where)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
