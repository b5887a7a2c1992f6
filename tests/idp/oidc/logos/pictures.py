"""Pictures that a client may call its logo, and some that are none."""

import struct
import zlib

import cv2
import numpy as np


def picture(width: int = 300, height: int = 200, *, kind: str = ".png", channels: int = 4) -> bytes:
    image = np.zeros((height, width, channels), np.uint8)
    image[: height // 2, :] = (10, 200, 30, 255)[:channels]
    good, written = cv2.imencode(kind, image)
    assert good
    return bytes(written)


def claims_to_be(width: int, height: int) -> bytes:
    """A PNG whose header says so, with next to nothing behind it."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"\0" * 64)
    chunks = (
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in (header, body, b"IEND")
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def two_faced(real: bytes, width: int, height: int) -> bytes:
    """A JPEG of which a reader that knows no fill bytes (ITU-T T.81 section B.1.1.2) finds another size: it
    takes the second FF for a marker, and what follows for a length that leads into a comment."""
    length = 0xFFFF
    comment = bytearray(length - 2)
    leads_to = 2 + 2 + (0xFE << 8 | length >> 8)
    frame = b"\xff\xc0" + struct.pack(">HBHHBBBB", 11, 8, height, width, 1, 1, 0x11, 0)
    at = leads_to - len(b"\xff\xd8\xff\xff\xfe\xff\xff")
    comment[at : at + len(frame)] = frame
    return b"\xff\xd8\xff\xff\xfe" + struct.pack(">H", length) + bytes(comment) + real[2:]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GIF = b"GIF89a" + struct.pack("<HH", 64, 64) + b"\0" * 64
