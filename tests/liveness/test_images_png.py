import struct
import zlib

import numpy as np
import pytest

from liveness.errors import ImageRefused
from liveness.images import PHOTO_LIMITS, bounded, decode
from tests.liveness.hostile import PNG_MAGIC, black, chunk, header, picture, png

BOMB = zlib.compress(bytes(30_000_000), 9)
"""30 kB that become 30 MB."""


def reason(data: bytes) -> str:
    with pytest.raises(ImageRefused) as refused:
        decode(data, PHOTO_LIMITS)
    return refused.value.reason


@pytest.mark.parametrize(
    "carried",
    [
        chunk(b"iCCP", b"profile\0\0" + BOMB),
        chunk(b"zTXt", b"Comment\0\0" + BOMB),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\x01\0\0\0" + BOMB),
        chunk(b"tEXt", b"Comment\0<script>alert(1)</script>"),
        chunk(b"tRNS", bytes(6)),
        chunk(b"sBIT", b"\x01\x01\x01"),
        chunk(b"gAMA", struct.pack(">I", 0)),
        chunk(b"eXIf", b"MM\0*\xff\xff\xff\xff"),
        chunk(b"PLTE", bytes(48)),
    ],
)
def test_what_is_not_pixels_never_reaches_the_decoder(carried: bytes):
    data = png(header(160, 160), carried, black())
    assert bounded(data, PHOTO_LIMITS).data == png(header(160, 160), black())
    assert decode(data, PHOTO_LIMITS).shape == (160, 160, 3)


def test_pixels_beyond_the_pictures_end_are_left_alone():
    """libpng stops inflating where the rows end."""
    image = decode(png(header(160, 160), chunk(b"IDAT", BOMB)), PHOTO_LIMITS)
    assert image.shape == (160, 160, 3)
    assert image.max() == 0


def test_too_few_pixels_are_refused():
    assert reason(png(header(400, 400), black())) == "undecodable"


@pytest.mark.parametrize(("depth", "colour"), [(16, 2), (16, 0), (16, 6), (8, 1), (8, 7), (3, 0), (4, 2)])
def test_depths_and_colours_that_are_not_served_are_refused(depth: int, colour: int):
    assert reason(png(header(160, 160, depth, colour), black())) == "unsupported_colours"


def test_interlaced_pixels_are_refused():
    assert reason(png(header(160, 160, interlace=1), black())) == "unsupported_form"


@pytest.mark.parametrize("palette", [[], [b""], [bytes(4)], [bytes(257 * 3)], [bytes(3), bytes(3)]])
def test_a_palette_is_there_once_and_whole(palette: list[bytes]):
    pixels = chunk(b"IDAT", zlib.compress((b"\0" + bytes(160)) * 160))
    data = png(header(160, 160, 8, 3), *(chunk(b"PLTE", one) for one in palette), pixels)
    assert reason(data) == "undecodable"


def test_a_colour_beyond_the_palette_does_no_harm():
    pixels = chunk(b"IDAT", zlib.compress((b"\0" + b"\xff" * 160) * 160))
    image = decode(png(header(160, 160, 8, 3), chunk(b"PLTE", b"\x01\x02\x03"), pixels), PHOTO_LIMITS)
    assert np.ptp(image.reshape(-1, 3), axis=0).max() == 0


def test_a_wrong_checksum_is_refused():
    data = bytearray(picture("PNG"))
    data[29] ^= 1
    assert reason(bytes(data)) == "undecodable"


def test_chunks_stand_in_their_order():
    half = black()[8:-4]
    first, second = chunk(b"IDAT", half[:40]), chunk(b"IDAT", half[40:])
    assert decode(png(header(160, 160), first, second), PHOTO_LIMITS).shape == (160, 160, 3)
    assert reason(png(header(160, 160), first, chunk(b"tEXt", b"a\0b"), second)) == "undecodable"
    assert reason(png(chunk(b"tEXt", b"a\0b"), header(160, 160), black())) == "undecodable"
    assert reason(png(header(160, 160), header(160, 160), black())) == "unsupported_form"
    assert reason(png(header(160, 160))) == "undecodable"


def test_a_chunk_that_may_not_be_left_out_is_refused():
    assert reason(png(header(160, 160), chunk(b"XYZa", b""), black())) == "unsupported_form"


def test_an_endless_row_of_chunks_is_refused():
    assert reason(png(header(160, 160), *[chunk(b"tEXt", b"")] * 2000, black())) == "undecodable"


def test_a_length_that_leads_out_of_the_file_is_refused():
    assert reason(PNG_MAGIC + header(160, 160) + struct.pack(">I", 0xFFFFFFFF) + b"IDAT") == "truncated"
