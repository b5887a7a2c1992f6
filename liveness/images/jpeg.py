"""JPEG, ITU-T T.81 Annex B: its tables, frame and scans are kept, everything else is left out."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from liveness.errors import ImageRefused
from liveness.images import exif
from liveness.images.plain import Kind, Plain

MAGIC = b"\xff\xd8\xff"
_SOF0, _SOF1, _SOF2 = 0xC0, 0xC1, 0xC2
_DHT, _SOS, _DQT, _DRI, _EOI = 0xC4, 0xDA, 0xDB, 0xDD, 0xD9
_APP1, _APP14 = 0xE1, 0xEE
_OTHER_FRAMES = frozenset({0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
"""Lossless, hierarchical and arithmetic coding: no camera writes them."""
_TABLES = frozenset({_DHT, _DQT, _DRI})
_LEFT_OUT = frozenset({*range(0xE0, 0xF0), 0xFE})
"""APPn and COM: thumbnails, colour profiles, EXIF, comments."""

_MOST_MARKERS = 512  # a colour profile or EXIF takes one for each 64 KiB; fill bytes count, too
_MOST_TABLE_BYTES = 16_384  # libjpeg writes 600, a progressive file of ten scans some 2,000
_MOST_SCANS = 20  # a progressive file has about ten; each costs a pass over all pixels
_MOST_BLOCKS = 10  # T.81 B.2.3, in one unit of an interleaved scan
_SAMPLING = frozenset({1, 2, 4})
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7]")  # not a stuffed byte, not a restart


@dataclass(slots=True)
class _Found:
    kept: list[bytes] = field(default_factory=list)
    table_bytes: int = 0
    width: int = 0
    height: int = 0
    components: int = 0
    is_progressive: bool = False
    scans: int = 0
    first_scan_has: int = 0
    """Components in the first scan."""
    orientation: int = exif.UPRIGHT
    adobe: bytes = b""

    @property
    def kind(self) -> Kind:
        in_one = self.scans == 1 and self.first_scan_has == self.components
        return "jpeg" if in_one and not self.is_progressive else "jpeg_scans"


def strip(data: bytes) -> Plain:
    """:raises ImageRefused: not whole, not plain, or of a form that no camera writes."""
    found = _Found()
    at = 2
    for _ in range(_MOST_MARKERS):
        if data[at] != 0xFF:
            raise ImageRefused("undecodable")
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker == _EOI:
            return _plain(found, len(data) - at - 2)
        else:
            end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
            segment = data[at:end]
            if end > len(data) or len(segment) < 4:
                raise ImageRefused("truncated")
            if marker == _SOS:
                end = _end_of_scan(data, end)
            _take(found, marker, segment, data[at:end])
            at = end
    raise ImageRefused("undecodable")


def _take(found: _Found, marker: int, segment: bytes, with_scan: bytes) -> None:
    if marker in _LEFT_OUT:
        _look(found, marker, segment)
    elif marker in _TABLES:
        found.table_bytes += len(segment)
        if found.table_bytes > _MOST_TABLE_BYTES:
            raise ImageRefused("undecodable")
        found.kept.append(segment)
    elif marker in (_SOF0, _SOF1, _SOF2):
        if found.components:
            raise ImageRefused("undecodable")
        _read_frame(found, segment)
        found.is_progressive = marker == _SOF2
        found.kept.append(segment)
    elif marker == _SOS:
        found.scans += 1
        found.first_scan_has = found.first_scan_has or segment[4]
        if not found.components or found.scans > _MOST_SCANS:
            raise ImageRefused("unsupported_form" if found.components else "undecodable")
        found.kept.append(with_scan)
    else:
        raise ImageRefused("unsupported_form" if marker in _OTHER_FRAMES else "undecodable")


def _look(found: _Found, marker: int, segment: bytes) -> None:
    if marker == _APP1 and segment[4:10] == b"Exif\0\0" and found.orientation == exif.UPRIGHT:
        found.orientation = exif.orientation(segment[4:])
    elif marker == _APP14 and segment[4:9] == b"Adobe" and len(segment) == 16:
        found.adobe = segment  # twelve bytes that say whether three colours are RGB or YCbCr


def _read_frame(found: _Found, segment: bytes) -> None:
    """T.81 B.2.2. Colour is sampled no finer than light, or a small file would claim much memory."""
    precision, height, width, components = struct.unpack_from(">BHHB", segment, 4)
    if precision != 8 or components not in (1, 3):
        raise ImageRefused("unsupported_colours")
    if len(segment) != 10 + 3 * components:
        raise ImageRefused("undecodable")
    factors = [(byte >> 4, byte & 15) for byte in segment[11::3]]
    if any(not {h, v} <= _SAMPLING for h, v in factors):
        raise ImageRefused("unsupported_colours")
    across, down = factors[0]
    if any(h > across or v > down for h, v in factors) or sum(h * v for h, v in factors) > _MOST_BLOCKS:
        raise ImageRefused("unsupported_colours")
    found.width, found.height, found.components = width, height, components


def _end_of_scan(data: bytes, start: int) -> int:
    following = _END_OF_SCAN.search(data, start)
    if following is None:
        raise ImageRefused("truncated")
    return following.start()


def _plain(found: _Found, behind: int) -> Plain:
    if behind:
        raise ImageRefused("trailing_bytes")
    if not found.scans:
        raise ImageRefused("undecodable")
    data = b"".join([b"\xff\xd8", found.adobe, *found.kept, b"\xff\xd9"])
    return Plain(found.kind, data, found.width, found.height, found.orientation)
