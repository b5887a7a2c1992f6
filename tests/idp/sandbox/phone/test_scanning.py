"""The sandbox's telephone scans what other screens show."""

from contextlib import ExitStack
from io import BytesIO
from time import perf_counter

import cv2
import numpy as np
import pytest
import segno

from idp.sandbox.phone.scanning import AT_ONCE, AT_WORK, text_of
from tests.idp.login.conftest import changes, clock, keys_text, prepared, site
from tests.idp.login.visitor import ISSUER, Site

__all__ = ["changes", "clock", "keys_text", "prepared", "site"]


def picture(text: str) -> bytes:
    out = BytesIO()
    segno.make_qr(text).save(out, kind="png", scale=6, border=4)
    return out.getvalue()


def test_it_reads_a_code_and_leads_here(site: Site) -> None:
    address = f"{ISSUER}/device?user_code=WDJB-MJHT"
    visitor = site.visitor().get("/sandbox/phone")
    visitor.send_files("scan-form", {"picture": picture(address)})
    assert visitor.status == 200
    assert visitor.page.elements["follow"]["href"] == address


@pytest.mark.parametrize(
    "text",
    [
        "https://id.example.evil.example/",
        "https://id.example@evil.example/",
        "http://id.example/",
        "javascript:alert(1)",
        "https://[id.example/",
        "no address at all",
    ],
)
def test_other_addresses_are_shown_and_not_led_to(site: Site, text: str) -> None:
    visitor = site.visitor().get("/sandbox/phone")
    visitor.send_files("scan-form", {"picture": picture(text)})
    assert "follow" not in visitor.page.elements
    assert visitor.shows(text)


def test_pictures_without_a_code_and_what_is_no_picture() -> None:
    ok, blank = cv2.imencode(".png", np.full((200, 200), 255, np.uint8))
    assert ok
    bomb = bytearray(blank.tobytes())
    bomb[16:24] = (60000).to_bytes(4, "big") * 2
    for data in (
        blank.tobytes(),
        bytes(bomb),
        b"",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 30,
        b"x" * 600_000,
    ):
        assert text_of(data) is None


def test_nobody_keeps_us_busy_with_scans(site: Site) -> None:
    visitor = site.visitor().get("/sandbox/phone")
    statuses = [
        visitor.get("/sandbox/phone").send_files("scan-form", {"picture": b"none"}).status for _ in range(21)
    ]
    assert statuses == [422] * 20 + [429]


def corners() -> bytes:
    """Looks like the corner of a code everywhere, and is none."""
    tile = np.full((9, 9), 255, np.uint8)
    tile[1:8, 1:8], tile[2:7, 2:7], tile[3:6, 3:6] = 0, 255, 0
    ok, found = cv2.imencode(".png", np.tile(tile, (220, 220)))
    assert ok
    return bytes(found.tobytes())


def test_attack_a_picture_that_takes_for_ever() -> None:
    begun = perf_counter()
    assert text_of(corners(), seconds=0.5) is None
    assert perf_counter() - begun < 3


def test_attack_many_such_pictures_hold_every_thread_of_the_server(site: Site) -> None:
    visitor = site.visitor().get("/sandbox/phone")
    with ExitStack() as others:
        for _ in range(AT_ONCE):
            others.enter_context(AT_WORK)
        visitor.send_files("scan-form", {"picture": picture("text")})
        assert visitor.status == 429
    visitor.send_files("scan-form", {"picture": picture("text")})
    assert visitor.status == 200
