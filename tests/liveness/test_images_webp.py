import pytest

from liveness.errors import ImageRefused
from liveness.images import PHOTO_LIMITS, bounded, decode
from tests.liveness.hostile import canvas, exif, picture, webp, webp_chunks

((NAME, PIXELS),) = webp_chunks(picture("WEBP"))


def reason(data: bytes) -> str:
    with pytest.raises(ImageRefused) as refused:
        decode(data, PHOTO_LIMITS)
    return refused.value.reason


def test_opacity_profile_and_metadata_never_reach_the_decoder():
    opaque = dict(webp_chunks(picture("WEBP", mode="RGBA")))
    carried = webp(
        canvas(320, 240, 0x3C),
        (b"ICCP", bytes(60_000)),
        (b"ALPH", opaque.get(b"ALPH", bytes(20))),
        (NAME, PIXELS),
        (b"EXIF", exif(1)),
        (b"XMP ", b"<script/>"),
        (b"ABCD", bytes(3)),
    )
    assert bounded(carried, PHOTO_LIMITS).data == webp((NAME, PIXELS))
    assert decode(carried, PHOTO_LIMITS).shape == (240, 320, 3)


@pytest.mark.parametrize("size", [(16384, 16384), (160, 120), (321, 240)])
def test_a_canvas_of_another_size_is_refused(size: tuple[int, int]):
    assert reason(webp(canvas(*size), (NAME, PIXELS))) == "undecodable"


def test_a_canvas_cut_short_is_refused():
    assert reason(webp((b"VP8X", bytes(4)), (NAME, PIXELS))) == "truncated"


def test_lossless_ones_are_refused():
    assert reason(picture("WEBP", lossless=True)) == "unsupported_form"


@pytest.mark.parametrize("chunks", [(canvas(320, 240, 2),), ((b"ANIM", bytes(6)),), ((b"ANMF", bytes(24)),)])
def test_what_says_that_it_moves_is_refused(chunks: tuple[tuple[bytes, bytes], ...]):
    assert reason(webp(*chunks, (NAME, PIXELS))) == "animated"


def test_one_picture_is_in_the_file():
    assert reason(webp((NAME, PIXELS), (NAME, PIXELS))) == "undecodable"
    assert reason(webp(canvas(320, 240))) == "undecodable"
    assert reason(webp()) == "undecodable"


@pytest.mark.parametrize(
    ("at", "byte"), [(0, PIXELS[0] | 1), (3, 0), (7, PIXELS[7] | 0x40), (9, PIXELS[9] | 0x80)]
)
def test_frames_between_others_wrong_codes_and_scaling_are_refused(at: int, byte: int):
    changed = PIXELS[:at] + bytes([byte]) + PIXELS[at + 1 :]
    assert reason(webp((NAME, changed))) == "undecodable"


def test_an_endless_row_of_chunks_is_refused():
    assert reason(webp(*[(b"ABCD", b"")] * 80, (NAME, PIXELS))) == "undecodable"


def test_a_length_that_leads_out_of_the_file_is_refused():
    data = webp((NAME, PIXELS))
    assert reason(data[:16] + b"\xff\xff\xff\xff" + data[20:]) == "truncated"
