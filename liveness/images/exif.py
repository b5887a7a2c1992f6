"""Which way up: the one thing that is read of EXIF metadata."""

from __future__ import annotations

import struct

UPRIGHT = 1
_ORIENTATION = 0x0112
_SHORT = 3
_MOST_ENTRIES = 256  # cameras write some 10 to 30 into the first directory


def orientation(exif: bytes) -> int:
    """EXIF 2.32 section 4.6.4: 1 to 8. What cannot be read is taken as upright: it spoils no picture.

    :param exif: a TIFF header and what follows, with or without `Exif` and two zero bytes before it.
    """
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        (at,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, at)
        for index in range(min(count, _MOST_ENTRIES)):
            tag, kind, values, value = struct.unpack_from(order + "HHIH", tiff, at + 2 + 12 * index)
            if tag == _ORIENTATION:
                return value if (kind, values) == (_SHORT, 1) and 1 <= value <= 8 else UPRIGHT
    except struct.error:
        pass
    return UPRIGHT
