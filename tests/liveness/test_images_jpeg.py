import cv2
import numpy as np
import pytest
import simplejpeg

from liveness.errors import ImageRefused
from liveness.images import FRAME_LIMITS, PHOTO_LIMITS, Limits, bounded, decode
from tests.liveness.hostile import (
    exif,
    last_scan,
    picture,
    segment,
    with_frame_marker,
    with_sampling,
    with_segment,
)

PLAIN = picture("JPEG")
SCANS = picture("JPEG", progressive=True)


def reason(data: bytes, limits: Limits = PHOTO_LIMITS) -> str:
    with pytest.raises(ImageRefused) as refused:
        decode(data, limits)
    return refused.value.reason


def test_only_tables_frame_and_scan_reach_the_decoder():
    carried = PLAIN
    for marker, body in (
        (0xFE, b"<script>alert(1)</script>"),
        (0xE2, b"ICC_PROFILE\0\x01\x01" + bytes(60_000)),
        (0xE1, exif(1) + PLAIN[:40_000]),  # a thumbnail
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"),
        (0xED, b"Photoshop 3.0\0" + bytes(500)),
        (0xE5, b"PK\x03\x04"),
    ):
        carried = with_segment(carried, marker, body)
    plain = bounded(carried, FRAME_LIMITS).data
    assert plain == bounded(PLAIN, FRAME_LIMITS).data
    assert b"script" not in plain
    assert np.array_equal(decode(carried), decode(PLAIN))


def test_what_is_left_decodes_to_the_same_pixels():
    assert np.array_equal(decode(PLAIN), cv2.imdecode(np.frombuffer(PLAIN, np.uint8), cv2.IMREAD_COLOR))


def test_an_endless_row_of_segments_is_refused():
    assert reason(PLAIN[:2] + segment(0xFE, b"") * 600 + PLAIN[2:]) == "undecodable"
    assert reason(PLAIN[:2] + b"\xff" * 600 + PLAIN[2:]) == "undecodable"
    assert decode(PLAIN[:2] + b"\xff" * 6 + PLAIN[2:]).shape == (240, 320, 3)


def test_an_endless_row_of_tables_is_refused():
    at = PLAIN.index(b"\xff\xdb")
    tables = PLAIN[at : at + 69]
    assert reason(PLAIN[:at] + tables * 300 + PLAIN[at:]) == "undecodable"


def test_a_progressive_file_of_endless_scans_is_refused():
    assert reason(SCANS[:-2] + last_scan(SCANS) * 30 + b"\xff\xd9") == "unsupported_form"


def test_a_frame_of_several_scans_is_refused():
    assert reason(PLAIN[:-2] + last_scan(PLAIN) + b"\xff\xd9", FRAME_LIMITS) == "unsupported_form"


@pytest.mark.parametrize("marker", [0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF])
def test_lossless_hierarchical_and_arithmetic_coding_are_refused(marker: int):
    assert reason(with_frame_marker(PLAIN, marker)) == "unsupported_form"


@pytest.mark.parametrize("marker", [0xC8, 0xCC, 0xDC, 0xDE, 0xDF, 0xF0, 0xFD, 0x01, 0xD0, 0xD8])
def test_markers_that_say_something_else_are_refused(marker: int):
    """Among them DNL (T.81 B.2.5), which would set the height after the first scan, and DAC."""
    assert reason(PLAIN[:-2] + segment(marker, b"\0\xf0") + b"\xff\xd9") == "undecodable"


def test_twelve_bits_are_refused():
    twelve = bytearray(with_frame_marker(PLAIN, 0xC1))
    twelve[twelve.index(b"\xff\xc1") + 4] = 12
    assert reason(bytes(twelve)) == "unsupported_colours"


def test_an_extended_sequential_frame_is_a_frame():
    assert np.array_equal(decode(with_frame_marker(PLAIN, 0xC1)), decode(PLAIN))


@pytest.mark.parametrize("mode", ["CMYK"])
def test_four_colours_are_refused(mode: str):
    assert reason(picture("JPEG", mode=mode)) == "unsupported_colours"


@pytest.mark.parametrize(
    "factors",
    [
        (0x44, 0x44, 0x44),  # 48 blocks in one unit
        (0x11, 0x22, 0x22),  # colour finer than light
        (0x31, 0x11, 0x11),
        (0x33, 0x11, 0x11),
        (0x00, 0x11, 0x11),
        (0xFF, 0x11, 0x11),
        (0x41, 0x14, 0x11),
    ],
)
def test_odd_sampling_is_refused(factors: tuple[int, ...]):
    assert reason(with_sampling(PLAIN, factors)) == "unsupported_colours"


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0", "4:4:0", "4:1:1"])
def test_the_usual_sampling_is_decoded(subsampling: str):
    pixels = np.full((240, 320, 3), (40, 90, 200), np.uint8)
    code = subsampling.replace(":", "")
    data = simplejpeg.encode_jpeg(pixels, 90, "BGR", code)
    assert np.abs(decode(data).astype(int) - pixels).max() < 6


def test_grey_comes_back_as_three_colours():
    image = decode(picture("JPEG", mode="L"))
    assert np.array_equal(image[..., 0], image[..., 2])


def test_colours_are_told_apart_by_adobes_mark():
    """A file whose three colours are red, green and blue, as Photoshop may write it."""
    rgb = picture("JPEG", keep_rgb=True, subsampling=0)
    assert np.abs(decode(rgb).astype(int) - decode(picture("JPEG", subsampling=0))).max() < 16


@pytest.mark.parametrize("interval", [1, 7])
def test_restart_markers_are_decoded(interval: int):
    data = picture("JPEG", restart_marker_blocks=interval)
    assert b"\xff\xd0" in data
    assert decode(data).shape == (240, 320, 3)


def test_misplaced_restart_markers_are_refused():
    data = picture("JPEG", restart_marker_blocks=1)
    assert reason(data.replace(b"\xff\xd1", b"\xff\xd5")) == "undecodable"


def test_two_frames_in_one_file_are_refused():
    at = PLAIN.index(b"\xff\xc0")
    header = PLAIN[at : at + 19]
    assert reason(PLAIN[:at] + header + PLAIN[at:]) == "undecodable"


def test_a_scan_before_its_frame_and_a_file_without_scan_are_refused():
    at = PLAIN.index(b"\xff\xc0")
    assert reason(PLAIN[:at] + PLAIN[at + 19 :]) == "undecodable"
    assert reason(PLAIN[: PLAIN.index(b"\xff\xda")] + b"\xff\xd9") == "undecodable"


def test_a_length_that_leads_out_of_the_file_is_refused():
    assert reason(PLAIN[:2] + b"\xff\xe0\xff\xff" + PLAIN[2:1000]) in {"truncated", "undecodable"}
    assert reason(PLAIN[:2] + b"\xff\xe0\x00\x01" + PLAIN[2:]) == "truncated"


def test_a_page_or_an_archive_with_a_pictures_name_is_refused():
    assert reason(b"\xff\xd8\xff<html>" + bytes(400)) in {"undecodable", "truncated"}
    assert reason(b"PK\x03\x04" + PLAIN) == "unknown_format"
