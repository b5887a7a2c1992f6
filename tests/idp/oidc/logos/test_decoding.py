"""What a client calls its logo becomes a small picture of ours, or nothing."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.oidc.logos.decoding import BYTES_AT_MOST, EDGE, LogoRefused, check, small_png
from tests.idp.oidc.logos.pictures import GIF, SVG, claims_to_be, picture, two_faced


@pytest.mark.parametrize(
    ("kind", "channels", "size"),
    [(".png", 4, (300, 200)), (".png", 3, (16, 4000)), (".png", 1, (64, 64)), (".jpg", 3, (500, 500))],
)
def test_a_picture_becomes_a_small_square(kind: str, channels: int, size: tuple[int, int]) -> None:
    made = small_png(picture(*size, kind=kind, channels=channels))
    image = cv2.imdecode(np.frombuffer(made, np.uint8), cv2.IMREAD_UNCHANGED)
    assert image is not None
    assert image.shape == (EDGE, EDGE, 3)
    if channels == 4:  # what was clear is white
        assert image[-1, -1].tolist() == [255, 255, 255]
        assert image[EDGE // 3, EDGE // 2].tolist() == [10, 200, 30]


def test_nothing_but_pixels_comes_through() -> None:
    """Neither a comment nor whatever was put behind the picture."""
    smuggled = picture() + b"<script>alert(1)</script>"
    made = small_png(smuggled)
    assert b"script" not in made
    assert b"tEXt" not in made


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (SVG, "neither-png-nor-jpeg"),
        (b"<?xml version='1.0'?>" + SVG, "neither-png-nor-jpeg"),
        (GIF, "neither-png-nor-jpeg"),
        (b"", "neither-png-nor-jpeg"),
        (picture()[:16], "neither-png-nor-jpeg"),
        (picture()[:-200], "not-decodable"),
        (claims_to_be(64, 64), "not-decodable"),
        (b"\xff\xd8\xff\xe0\xff\xff", "not-decodable"),
        (picture(8, 8), "wrong-size"),
        (claims_to_be(4097, 16), "wrong-size"),
        (picture() + b"\0" * BYTES_AT_MOST, "too-large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_attack_something_else_is_called_a_logo(data: bytes, reason: str) -> None:
    with pytest.raises(LogoRefused) as refused:
        small_png(data)
    assert refused.value.reason in {reason, "not-decodable"}


@pytest.mark.parametrize("size", [(60000, 60000), (4096, 4096), (2**32 - 1, 2**32 - 1), (0, 64)])
def test_attack_a_picture_of_a_few_bytes_is_a_vast_one(size: tuple[int, int]) -> None:
    """Refused by its header: nothing is decoded."""
    with pytest.raises(LogoRefused, match="wrong-size"):
        check(claims_to_be(*size))


def test_attack_a_vast_picture_that_says_it_is_small_to_whoever_looks_first() -> None:
    """Two readers of one file: the decoder measures by itself, before it makes room."""
    vast = two_faced(picture(4000, 4000, kind=".jpg", channels=1), 64, 64)
    image = cv2.imdecode(np.frombuffer(vast, np.uint8), cv2.IMREAD_UNCHANGED)
    assert image is not None
    assert image.shape == (4000, 4000)
    check(vast)
    with pytest.raises(LogoRefused, match="not-decodable"):
        small_png(vast)


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda tail: b"\xff\xd8\xff" + tail))
@settings(max_examples=200)
def test_whatever_comes_is_measured_or_refused(data: bytes) -> None:
    try:
        check(data)
    except LogoRefused:
        return
