"""Pictures as a camera writes them, and as somebody writes them who wishes the decoder ill."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


def picture(kind: str, size: tuple[int, int] = (320, 240), mode: str = "RGB", **options: object) -> bytes:
    gradient = np.linspace(0, 255, size[0] * size[1] * 3).reshape(size[1], size[0], 3).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(gradient).convert(mode).save(out, kind, **options)
    return out.getvalue()


def noise(kind: str, size: tuple[int, int], **options: object) -> bytes:
    """The dearest thing to decode: nothing in it can be foretold."""
    pixels = np.random.default_rng(7).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


# JPEG


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def with_segment(jpeg: bytes, marker: int, body: bytes) -> bytes:
    """A segment more, directly after the start of the picture."""
    return jpeg[:2] + segment(marker, body) + jpeg[2:]


def frame_at(jpeg: bytes) -> int:
    """Where the frame header is: SOF0, SOF1 or SOF2."""
    return min(at for marker in (b"\xff\xc0", b"\xff\xc1", b"\xff\xc2") if (at := jpeg.find(marker)) > 0)


def with_frame_marker(jpeg: bytes, marker: int) -> bytes:
    at = frame_at(jpeg)
    return jpeg[: at + 1] + bytes([marker]) + jpeg[at + 2 :]


def with_size(jpeg: bytes, width: int, height: int) -> bytes:
    at = frame_at(jpeg)
    return jpeg[: at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9 :]


def with_sampling(jpeg: bytes, factors: Sequence[int]) -> bytes:
    """`0x21` says two across and one down."""
    out, at = bytearray(jpeg), frame_at(jpeg)
    for index, factor in enumerate(factors):
        out[at + 11 + 3 * index] = factor
    return bytes(out)


def last_scan(jpeg: bytes) -> bytes:
    return jpeg[jpeg.rindex(b"\xff\xda") : -2]


def exif(orientation: int, *, big_endian: bool = False) -> bytes:
    order, mark = (">", b"MM\0*") if big_endian else ("<", b"II*\0")
    entries = struct.pack(order + "HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    return b"Exif\0\0" + mark + struct.pack(order + "I", 8) + entries


# PNG


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def header(width: int, height: int, depth: int = 8, colour: int = 2, interlace: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))


def png(*chunks: bytes) -> bytes:
    return PNG_MAGIC + b"".join(chunks) + chunk(b"IEND", b"")


def black(width: int = 160, height: int = 160) -> bytes:
    return chunk(b"IDAT", zlib.compress((b"\0" + bytes(3 * width)) * height))


def png_of_empty_blocks(count: int, side: int = 160) -> bytes:
    """Each block brings Huffman tables (RFC 1951 section 3.2.7) and no data: dear for its bytes."""
    raw = (b"\0" + bytes(3 * side)) * side
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = packer.compress(raw) + packer.flush()
    stream = b"\x78\x01" + _empty_blocks(count) + deflated + struct.pack(">I", zlib.adler32(raw))
    return png(header(side, side), chunk(b"IDAT", stream))


def _empty_blocks(count: int) -> bytes:
    order = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1)
    lengths = [(int(symbol in {1, 18}), 3) for symbol in order]
    tables = [(1, 1), (138 - 11, 7), (1, 1), (118 - 11, 7), (0, 1), (0, 1)]  # 256 zeros, one, one
    fields = [(0, 1), (2, 2), (0, 5), (0, 5), (14, 4), *lengths, *tables, (0, 1)]
    block = "".join(f"{value:0{width}b}"[::-1] for value, width in fields)
    bits = block * count + "000"  # and an empty stored block, which ends on a whole byte
    digits = np.frombuffer((bits + "0" * (-len(bits) % 8)).encode(), np.uint8) - ord("0")
    return np.packbits(digits, bitorder="little").tobytes() + b"\0\0\xff\xff"


# WebP


def webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at < len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        yield name, data[at + 8 : at + 8 + length]
        at += 8 + length + (length & 1)


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP"
    for name, content in chunks:
        body += name + struct.pack("<I", len(content)) + content + bytes(len(content) & 1)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def canvas(width: int, height: int, flags: int = 0) -> tuple[bytes, bytes]:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X", bytes([flags, 0, 0, 0]) + size
