"""What holds for every kind of picture; each kind has a file of its own beside this one."""

import io
import struct
import subprocess
import sys
import time
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from liveness.errors import ImageRefused
from liveness.images import FRAME_LIMITS, PHOTO_LIMITS, Limits, as_frame, bounded, decode
from tests.liveness.hostile import exif, noise, picture, png_of_empty_blocks, with_segment, with_size

FORMATS = ["JPEG", "PNG", "WEBP"]
LONGEST_SECONDS = 1.0
"""Twenty times what docs/liveness/input.md states for a frame: a machine may be slow, an attack is slower."""


def reason(data: bytes, limits: Limits = PHOTO_LIMITS) -> str:
    with pytest.raises(ImageRefused) as refused:
        decode(data, limits)
    return refused.value.reason


@pytest.mark.parametrize("kind", FORMATS)
def test_whole_pictures_are_decoded_as_bgr(kind: str):
    image = decode(picture(kind), PHOTO_LIMITS)
    assert image.shape == (240, 320, 3)
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    red = np.zeros((160, 160, 3), np.uint8)
    red[..., 2] = 255
    found = cv2.imencode(f".{kind.lower()}", red)[1].tobytes()
    if kind != "WEBP":  # OpenCV writes lossless ones alone at its highest quality
        assert decode(found, PHOTO_LIMITS)[80, 80, 2] > 250


@pytest.mark.parametrize(
    "data",
    [
        picture("JPEG", mode="L"),
        picture("JPEG", progressive=True),
        picture("PNG", mode="L"),
        picture("PNG", mode="P"),
        picture("PNG", mode="RGBA"),
        picture("PNG", mode="LA"),
        picture("PNG", mode="1"),
        picture("WEBP", mode="RGBA"),
    ],
)
def test_their_plain_variants_too(data: bytes):
    assert decode(data, PHOTO_LIMITS).shape == (240, 320, 3)


@pytest.mark.parametrize("data", [picture("PNG"), picture("WEBP"), picture("JPEG", progressive=True)])
def test_a_frame_is_what_a_camera_page_sends(data: bytes):
    assert reason(data, FRAME_LIMITS) == "unsupported_form"
    assert decode(as_frame(data), FRAME_LIMITS).shape == (240, 320, 3)


def test_what_is_a_frame_stays_as_it_is():
    data = picture("JPEG")
    assert as_frame(data) is data
    assert decode(as_frame(picture("JPEG", (2400, 1600))), FRAME_LIMITS).shape == (800, 1200, 3)


@pytest.mark.parametrize("kind", FORMATS)
def test_what_is_cut_off_is_refused_at_every_byte(kind: str):
    data = picture(kind, (176, 160))
    for length in range(0, len(data), max(1, len(data) // 700)):
        assert reason(data[:length]) in {"truncated", "undecodable", "unknown_format", "too_small"}, length
    assert reason(data[:-1]) in {"truncated", "undecodable"}


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("behind", [b"<script>", b"PK\x03\x04" + bytes(30), b"\xff\xd9", b"\0"])
def test_what_carries_more_is_refused(kind: str, behind: bytes):
    assert reason(picture(kind) + behind) == "trailing_bytes"


def test_a_bomb_is_refused_by_its_header_alone():
    png = bytearray(picture("PNG"))
    png[16:24] = struct.pack(">II", 60_000, 60_000)
    png[29:33] = struct.pack(">I", zlib.crc32(png[12:29]))
    assert reason(bytes(png)) == "too_many_pixels"
    assert reason(with_size(picture("JPEG"), 65_000, 65_000)) == "too_many_pixels"
    assert reason(with_size(picture("JPEG"), 2000, 1500), FRAME_LIMITS) == "too_many_pixels"


def test_bytes_and_sides_are_bounded():
    assert reason(b"\xff\xd8\xff" + bytes(FRAME_LIMITS.max_bytes), FRAME_LIMITS) == "too_many_bytes"
    assert reason(b"\xff\xd8\xff" + bytes(PHOTO_LIMITS.max_bytes)) == "too_many_bytes"
    assert reason(png_of_empty_blocks(200_000)) == "too_many_bytes"
    assert reason(picture("JPEG", (320, 100)), FRAME_LIMITS) == "too_small"
    assert reason(with_size(picture("JPEG"), 320, 0), FRAME_LIMITS) == "too_small"
    assert reason(with_size(picture("JPEG"), 0, 240), FRAME_LIMITS) == "too_small"


@pytest.mark.parametrize(
    "data",
    [b"GIF89a" + bytes(100), b"BM" + bytes(100), b"II*\0" + bytes(100), b"<svg xmlns='...'/>", b"%PDF", b""],
)
def test_other_forms_are_refused(data: bytes):
    assert reason(data) == "unknown_format"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_animations_are_refused(kind: str):
    out = io.BytesIO()
    first, second = (Image.new("RGB", (320, 240), colour) for colour in ("red", "blue"))
    first.save(out, kind, save_all=True, append_images=[second])
    assert reason(out.getvalue()) == "animated"


QUARTERS = {
    1: ("red", "green", "blue", "white"),
    2: ("green", "red", "white", "blue"),
    3: ("white", "blue", "green", "red"),
    4: ("blue", "white", "red", "green"),
    5: ("red", "blue", "green", "white"),
    6: ("blue", "red", "white", "green"),
    7: ("white", "green", "blue", "red"),
    8: ("green", "white", "red", "blue"),
}
"""Upper left, upper right, lower left, lower right of the upright picture; stored as 1 says."""
COLOURS = {"red": (0, 0, 255), "green": (0, 255, 0), "blue": (255, 0, 0), "white": (255, 255, 255)}


def quartered(kind: str, **options: object) -> bytes:
    picture = Image.new("RGB", (320, 200))
    for colour, corner in zip(QUARTERS[1], ((0, 0), (160, 0), (0, 100), (160, 100)), strict=True):
        picture.paste(Image.new("RGB", (160, 100), COLOURS[colour][::-1]), corner)
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", FORMATS)
def test_a_turned_picture_comes_back_upright(kind: str, orientation: int):
    image = decode(quartered(kind, exif=exif(orientation)), PHOTO_LIMITS)
    height, width = image.shape[:2]
    assert (width, height) == ((320, 200) if orientation < 5 else (200, 320))
    places = [(height // 4, width // 4), (height // 4, 3 * width // 4)]
    places += [(3 * height // 4, width // 4), (3 * height // 4, 3 * width // 4)]
    for (row, column), colour in zip(places, QUARTERS[orientation], strict=True):
        assert np.abs(image[row, column].astype(int) - COLOURS[colour]).max() < 12, colour


def test_the_declared_size_is_the_stored_one():
    turned = with_segment(picture("JPEG"), 0xE1, exif(6))
    plain = bounded(turned, FRAME_LIMITS)
    assert (plain.width, plain.height, plain.orientation) == (320, 240, 6)


@pytest.mark.parametrize("big_endian", [False, True])
def test_exif_is_read_in_both_byte_orders(big_endian: bool):
    turned = with_segment(picture("JPEG"), 0xE1, exif(8, big_endian=big_endian))
    assert decode(turned).shape == (320, 240, 3)


@pytest.mark.parametrize(
    "broken",
    [
        b"Exif\0\0",
        b"Exif\0\0II*\0",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff",
        b"Exif\0\0JUNK" + bytes(40),
        exif(0),
        exif(9),
        exif(6).replace(b"\x03\x00\x01\0\0\0", b"\x04\x00\x01\0\0\0"),
    ],
)
def test_exif_that_cannot_be_read_turns_nothing(broken: bytes):
    assert decode(with_segment(picture("JPEG"), 0xE1, broken)).shape == (240, 320, 3)


def test_large_photos_come_back_smaller():
    assert decode(picture("JPEG", (4000, 3000)), PHOTO_LIMITS).shape == (750, 1000, 3)
    assert decode(picture("JPEG", (1601, 1203)), PHOTO_LIMITS).shape == (602, 801, 3)
    assert decode(picture("PNG", (1601, 1203)), PHOTO_LIMITS).shape == (602, 801, 3)


@pytest.mark.parametrize(
    ("limits", "data"),
    [
        (FRAME_LIMITS, noise("JPEG", (1280, 1280), quality=70)),
        (FRAME_LIMITS, noise("JPEG", (1920, 1080), quality=25, subsampling=0)),
        (PHOTO_LIMITS, noise("JPEG", (2000, 2000), quality=15, progressive=True)),
        (PHOTO_LIMITS, png_of_empty_blocks(170_000)),
    ],
)
def test_the_dearest_that_are_accepted_cost_little(limits: Limits, data: bytes):
    started = time.thread_time()
    decode(data, limits)
    assert time.thread_time() - started < LONGEST_SECONDS


def test_a_decoder_writes_nothing_to_the_log_for_a_damaged_frame():
    """libjpeg writes one line to stderr for each damaged picture, unless it is asked to refuse it."""
    script = (
        "import sys\nfrom liveness.images import decode, PHOTO_LIMITS\nfrom liveness import ImageRefused\n"
        "data = bytearray(sys.stdin.buffer.read())\n"
        "for at in range(700, len(data) - 2, 50):\n"
        "    damaged = bytearray(data); damaged[at] ^= 0x55\n"
        "    for one in (bytes(damaged), bytes(data[:at]) + b'\\xff\\xd9'):\n"
        "        try: decode(one)\n"
        "        except ImageRefused: print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=picture("JPEG", quality=95), capture_output=True, check=True
    )
    assert done.stdout.count(b"refused") > 20
    assert done.stderr == b""


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF"]))
def test_any_bytes_are_refused_in_good_order(rest: bytes, magic: bytes):
    with pytest.raises(ImageRefused):
        decode(magic + rest, PHOTO_LIMITS)


SAMPLES = [picture(kind, (176, 160)) for kind in FORMATS] + [picture("JPEG", (176, 160), progressive=True)]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_pictures_are_decoded_within_bounds_or_refused(data: st.DataObject):
    damaged = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, min(len(damaged) - 1, 400)))
        damaged[at] = data.draw(st.integers(0, 255))
    try:
        image = decode(bytes(damaged), PHOTO_LIMITS)
    except ImageRefused:
        return
    plain = bounded(bytes(damaged), PHOTO_LIMITS)
    pixels = image.shape[0] * image.shape[1]
    assert pixels <= plain.width * plain.height <= PHOTO_LIMITS.kinds[plain.kind].max_pixels
