"""Links, statements and pictures: what the app takes, and what it does not follow or sign."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from clients.licence_app.link import Link, NotALink, read_link
from clients.licence_app.scanning import read_picture
from clients.licence_app.statement import NotAStatement, read_statement
from idp.business.licences.challenges import Challenges
from idp.login.licence_app.statement import Statement, signed_text
from idp.storage.ephemeral.memory import MemoryStore

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
ISSUER, CODE = "https://id.example", "BCDF-GHJK-LMNP"
KNOWN = (ISSUER, "http://localhost:8000")
ASKS = Statement("云岭市政务服务大厅", "hall.example", "192.0.*.*", "other", NOW, CODE, "zh-CN")
LINK = f"{ISSUER}/licence-app#v=1&issuer=https%3A%2F%2Fid.example&code={CODE}"


def text_of(statement: Statement = ASKS, issuer: str = ISSUER) -> str:
    challenges = Challenges(MemoryStore(lambda: NOW), issuer, seconds=180)
    return signed_text(statement, challenges.issue("sign-in", "the secret of a link", NOW).text)


def read(text: str, now: datetime = NOW) -> object:
    return read_statement(text, issuer=ISSUER, code=CODE, now=now)


def test_the_app_reads_what_the_provider_writes() -> None:
    found = read_statement(text_of(), issuer=ISSUER, code=CODE, now=NOW)
    assert (found.asks, found.host, found.address) == ("云岭市政务服务大厅", "hall.example", "192.0.*.*")
    assert (found.asked, found.expires) == (NOW, NOW + timedelta(seconds=180))


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300))
def test_the_app_reads_whatever_a_portal_is_called(asks: str, host: str) -> None:
    text = text_of(replace(ASKS, asks=asks, host=host))
    assert read_statement(text, issuer=ISSUER, code=CODE, now=NOW).text == text


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + "\n",
        lambda text: text.replace("yitong-licence-app/1", "yitong-licence-app/2"),
        lambda text: text.replace("purpose: sign-in", "purpose: contract"),
        lambda text: text.replace("network: other", "network: near"),
        lambda text: text.replace("host: hall", "host: \u202ehall"),
        lambda text: text.replace("asks: ", "asks: a\nasks: "),
        lambda text: text.replace(CODE, "BCDF-GHJK-LMNQ"),
        lambda text: text.replace(ISSUER, "https://evil.example"),
        lambda text: text.replace("asked: 2026-06-01", "asked: 2026-06-31"),
        lambda text: text.partition("yitong-licence-challenge")[0],
        lambda text: "yitong-licence-challenge" + text.partition("yitong-licence-challenge")[2],
        lambda text: text.replace("hall", "h" * 5000),
    ],
)
def test_attack_a_provider_has_another_text_signed(change: object) -> None:
    text = text_of()
    changed = change(text)  # type: ignore[operator]
    assert changed != text
    with pytest.raises(NotAStatement):
        read(changed)


def test_what_is_over_is_not_signed() -> None:
    with pytest.raises(NotAStatement):
        read(text_of(), NOW + timedelta(seconds=180))


@pytest.mark.parametrize("text", [LINK, f" {LINK}\n", CODE, "bcdfghjklmnp", "bcdf ghjk lmnp"])
def test_links_and_codes(text: str) -> None:
    assert read_link(text, KNOWN) == Link(ISSUER, CODE)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "other"),
        ("https://id.example/", "other"),
        ("https://[/#v=1", "other"),
        (LINK.replace("v=1", "v=2"), "version"),
        (LINK.replace("id.example&", "evil.example&"), "provider"),
        (LINK.replace("code=BCDF", "code=ABCD"), "other"),
        ("x" * 2000, "other"),
    ],
)
def test_attack_a_link_of_somebody_else(text: str, reason: str) -> None:
    with pytest.raises(NotALink) as refused:
        read_link(text, KNOWN)
    assert refused.value.reason == reason


def test_the_address_before_the_sign_decides_nothing() -> None:
    assert read_link(LINK.replace("https://id.example/licence-app", "app://open"), KNOWN).issuer == ISSUER


def test_a_picture_of_a_code_is_read() -> None:
    drawn = BytesIO()
    segno.make_qr(LINK, error="m").save(drawn, kind="png", scale=6, border=4)
    assert read_picture(drawn.getvalue()) == LINK


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_pictures_without_a_code(data: bytes) -> None:
    assert read_picture(data) is None
