import io
import struct

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from liveness.errors import ImageRefused
from liveness.images import FRAME_LIMITS, PHOTO_LIMITS, Limits, decode, size_of

FORMATS = ["JPEG", "PNG", "WEBP"]


def picture(kind: str, size: tuple[int, int] = (320, 240), mode: str = "RGB", **options: object) -> bytes:
    gradient = np.linspace(0, 255, size[0] * size[1] * 3).reshape(size[1], size[0], 3).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(gradient).convert(mode).save(out, kind, **options)
    return out.getvalue()


def reason(data: bytes, limits: Limits = FRAME_LIMITS) -> str:
    with pytest.raises(ImageRefused) as refused:
        decode(data, limits)
    return refused.value.reason


@pytest.mark.parametrize("kind", FORMATS)
def test_whole_pictures_are_decoded_as_bgr(kind: str):
    image = decode(picture(kind))
    assert image.shape == (240, 320, 3)
    assert image.dtype == np.uint8


@pytest.mark.parametrize(
    "data",
    [
        picture("JPEG", mode="L"),
        picture("JPEG", progressive=True),
        picture("PNG", mode="L"),
        picture("PNG", mode="P"),
        picture("PNG", mode="RGBA"),
        picture("WEBP", lossless=True),
        picture("WEBP", mode="RGBA"),
    ],
)
def test_their_plain_variants_too(data: bytes):
    assert decode(data).shape == (240, 320, 3)


@pytest.mark.parametrize("kind", FORMATS)
def test_what_is_cut_off_or_carries_more_is_refused(kind: str):
    data = picture(kind)
    assert reason(data[: len(data) // 2]) in {"truncated", "undecodable"}
    assert reason(data[:-1]) in {"truncated", "trailing_bytes"}
    assert reason(data + b"<script>") == "trailing_bytes"
    assert reason(data[:9]) in {"truncated", "unknown_format"}


def test_a_bomb_is_refused_by_its_header_alone():
    png = bytearray(picture("PNG"))
    png[16:24] = struct.pack(">II", 60_000, 60_000)
    assert reason(bytes(png)) == "too_many_pixels"
    jpeg = bytearray(picture("JPEG"))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    assert reason(bytes(jpeg)) == "too_many_pixels"


def test_a_progressive_file_of_endless_scans_is_refused():
    data = picture("JPEG", progressive=True)
    scan = data[data.index(b"\xff\xda") : -2]
    assert reason(data[:-2] + scan * 30 + b"\xff\xd9") == "too_many_pixels"


def test_bytes_and_sides_are_bounded():
    assert reason(b"\xff\xd8\xff" + bytes(FRAME_LIMITS.max_bytes)) == "too_many_bytes"
    assert reason(picture("JPEG", (2000, 1500))) == "too_many_pixels"
    assert reason(picture("JPEG", (320, 100))) == "too_small"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (picture("JPEG", mode="CMYK"), "unsupported_colours"),
        (b"GIF89a" + bytes(100), "unknown_format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unknown_format"),
        (b"", "unknown_format"),
    ],
)
def test_other_forms_are_refused(data: bytes, expected: str):
    assert reason(data) == expected


def test_sixteen_bits_a_channel_are_refused():
    ok, png = cv2.imencode(".png", np.zeros((240, 320, 3), np.uint16))
    assert ok
    assert reason(png.tobytes()) == "unsupported_colours"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_animations_are_refused(kind: str):
    first, second = (Image.new("RGB", (320, 240), colour) for colour in ("red", "blue"))
    out = io.BytesIO()
    first.save(out, kind, save_all=True, append_images=[second])
    assert reason(out.getvalue()) == "animated"


def test_exif_rotation_is_carried_out():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    assert decode(picture("JPEG", exif=exif)).shape == (320, 240, 3)


def test_large_photos_come_back_smaller():
    assert decode(picture("JPEG", (4000, 3000)), PHOTO_LIMITS).shape == (750, 1000, 3)


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF"]))
def test_any_bytes_are_refused_in_good_order(rest: bytes, magic: bytes):
    with pytest.raises(ImageRefused):
        decode(magic + rest)


SAMPLES = [picture(kind, (176, 160)) for kind in FORMATS] + [picture("WEBP", (176, 160), lossless=True)]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_pictures_are_decoded_within_bounds_or_refused(data: st.DataObject):
    damaged = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, min(len(damaged) - 1, 400)))
        damaged[at] = data.draw(st.integers(0, 255))
    try:
        image = decode(bytes(damaged))
    except ImageRefused:
        return
    width, height = size_of(bytes(damaged))
    assert image.shape[0] * image.shape[1] <= width * height <= FRAME_LIMITS.max_pixels
