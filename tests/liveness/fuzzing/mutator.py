"""Changes pictures so that they stay whole enough to get past the first look.

A file is cut into the pieces of its format (segments, chunks), some of them are changed, moved, doubled
or taken from another file, and it is put together again: lengths and checksums are right, most of the time.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from random import Random

from tests.liveness.hostile import PNG_MAGIC, webp_chunks

LONGEST = 60_000
"""Bytes: what a mutant may grow to."""
_EDGES = (0, 1, 2, 3, 4, 7, 8, 16, 63, 64, 127, 128, 159, 160, 254, 255)
_WORDS = (0, 1, 79, 80, 159, 160, 1280, 1281, 1920, 0x3FFF, 0x4000, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF)

Pieces = list[bytes]


def mutate(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    """One to six changes; `others` lend pieces."""
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4, 6))):
        in_pieces = random.random() < 0.6
        data = _change_pieces(data, random, others) if in_pieces else _change_bytes(data, random)
    return data[:LONGEST]


def _change_pieces(data: bytes, random: Random, others: Sequence[bytes]) -> bytes:
    if data.startswith(b"\xff\xd8"):
        pieces, join = _jpeg_pieces(data), b"".join
    elif data.startswith(PNG_MAGIC):
        pieces, join = _png_pieces(data), _join_png
    elif data[:4] == b"RIFF":
        pieces, join = _webp_pieces(data), _join_webp
    else:
        return _change_bytes(data, random)
    kind = data[:4]
    lenders = [one for one in others if one[:4] == kind]
    at = random.randrange(len(pieces)) if pieces else 0
    what = random.randrange(7)
    if not pieces or (what == 0 and lenders):
        cut = {b"RIFF": _webp_pieces, PNG_MAGIC[:4]: _png_pieces}.get(kind, _jpeg_pieces)
        lent = cut(random.choice(lenders)) if lenders else []
        if lent:
            pieces.insert(at, random.choice(lent))
    elif what == 1:
        pieces.insert(at, pieces[random.randrange(len(pieces))])
    elif what == 2:
        del pieces[at]
    elif what == 3:
        other = random.randrange(len(pieces))
        pieces[at], pieces[other] = pieces[other], pieces[at]
    elif what == 4:
        pieces[at:at] = [pieces[at]] * random.choice((2, 8, 30))
    else:
        pieces[at] = _change_bytes(pieces[at], random, first=64 if random.random() < 0.7 else None)
    return join(pieces)


def _change_bytes(data: bytes, random: Random, first: int | None = None) -> bytes:
    """`first`: change only among so many, where headers are."""
    changed = bytearray(data)
    span = min(len(changed), first or len(changed))
    if not span:
        return random.randbytes(random.randrange(1, 9))
    at = random.randrange(span)
    changes: tuple[Callable[[], None], ...] = (
        lambda: changed.__setitem__(at, changed[at] ^ 1 << random.randrange(8)),
        lambda: changed.__setitem__(at, random.choice(_EDGES)),
        lambda: changed.__setitem__(at, random.randrange(256)),
        lambda: changed.__setitem__(slice(at, at + 2), struct.pack(">H", random.choice(_WORDS))),
        lambda: changed.__setitem__(slice(at, at + 2), struct.pack("<H", random.choice(_WORDS))),
        lambda: changed.__setitem__(slice(at, at + 4), struct.pack(">I", random.choice(_WORDS))),
        lambda: changed.__setitem__(slice(at, at + random.choice((1, 2, 9, 200))), b""),
        lambda: changed.__setitem__(slice(at, at), random.randbytes(random.choice((1, 2, 8, 64)))),
        lambda: changed.__setitem__(slice(at, at), changed[at : at + random.choice((2, 16, 300))] * 3),
        lambda: changed.__setitem__(slice(random.randrange(len(changed)), None), b""),
    )
    random.choice(changes)()
    return bytes(changed)


def _jpeg_pieces(data: bytes) -> Pieces:
    """Segments, a scan with its pixels; what does not fit is one piece."""
    pieces, at = [], 0
    while at < len(data):
        end = data.find(b"\xff", at + 2)
        while end != -1 and end + 1 < len(data) and (data[end + 1] == 0 or 0xD0 <= data[end + 1] <= 0xD7):
            end = data.find(b"\xff", end + 2)
        if data[at + 1 : at + 2] not in (b"\xd8", b"\xd9", b"\xda") and at + 4 <= len(data):
            end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        end = len(data) if end <= at else min(end, len(data))
        pieces.append(data[at:end])
        at = end
    return pieces


def _png_pieces(data: bytes) -> Pieces:
    pieces, at = [], len(PNG_MAGIC)
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        pieces.append(data[at + 4 : at + 8 + length])
        at += 12 + length
    return pieces


def _join_png(pieces: Pieces) -> bytes:
    def whole(piece: bytes) -> bytes:
        return struct.pack(">I", max(0, len(piece) - 4)) + piece + struct.pack(">I", zlib.crc32(piece))

    return PNG_MAGIC + b"".join(map(whole, pieces))


def _webp_pieces(data: bytes) -> Pieces:
    try:
        return [name + body for name, body in webp_chunks(data)]
    except struct.error:
        return []


def _join_webp(pieces: Pieces) -> bytes:
    body = b"WEBP"
    for piece in pieces:
        body += piece[:4] + struct.pack("<I", max(0, len(piece) - 4)) + piece[4:] + bytes(len(piece) & 1)
    return b"RIFF" + struct.pack("<I", len(body)) + body
