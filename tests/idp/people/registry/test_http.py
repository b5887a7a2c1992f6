"""The register behind HTTP: a real server that answers as told, through the guarded client."""

import logging
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import create_engine

from idp.crypto.fields import BlindIndex, FieldCipher
from idp.crypto.master_key import KeyRing
from idp.outbound import Outbound
from idp.people.registry import Answer, Register, RegisterUnavailable, open_register
from idp.people.registry.embedded import EmbeddedRegister
from idp.settings import ROOT, SettingsWrong
from idp.settings import Outbound as OutboundSettings
from idp.settings import Register as RegisterSettings
from tests.fakes import FakeClock
from tests.idp.people.enrolling import NAME, NUMBER
from tests.idp.people.registry.server import RegisterServer, serving


@pytest.fixture
def server() -> Iterator[RegisterServer]:
    with serving() as server:
        yield server


def settings(url: str, **changed: Any) -> RegisterSettings:
    values = {"adapter": "http", "url": url, "timeout_seconds": 2.0, "failures_before_open": 3}
    return RegisterSettings(**{**values, "open_seconds": 30, **changed})


def opened(register: RegisterSettings, clock: FakeClock) -> Register:
    outbound = Outbound(
        OutboundSettings(
            allow=(register.url,) if register.url else (),
            clients_allow=(),
            timeout_seconds=5,
            bytes_at_most=100_000,
        )
    )
    cipher = FieldCipher(KeyRing("one", {"one": b"1" * 32}))
    engine = create_engine("sqlite://")
    return open_register(register, engine, cipher, BlindIndex(b"i" * 32), outbound, clock)


@pytest.fixture
def register(server: RegisterServer, clock: FakeClock) -> Register:
    return opened(settings(server.url), clock)


def test_a_match_and_what_comes_with_it(server: RegisterServer, register: Register) -> None:
    server.says(answer="match", phone="13900139000", face="photo")
    found = register.verify(NAME, NUMBER)
    assert (found.answer, found.phone, found.has_photo) == (Answer.MATCH, "+8613900139000", True)
    assert server.questions == [("/v1/verifications", {"name": NAME, "number": NUMBER}, None)]


@pytest.mark.parametrize("answer", ["mismatch", "unknown", "deceased"])
def test_other_answers_bring_nothing(server: RegisterServer, register: Register, answer: str) -> None:
    server.says(answer=answer, phone="13900139000", face="photo")
    found = register.verify(NAME, NUMBER)
    assert (found.answer.value, found.phone, found.has_photo) == (answer, None, False)


def test_a_404_is_an_unknown_person(server: RegisterServer, register: Register) -> None:
    server.says(404)
    assert register.verify(NAME, NUMBER).answer is Answer.UNKNOWN
    assert register.photo(NUMBER) is None
    assert register.compare(NUMBER, b"face") is None


@pytest.mark.parametrize("phone", [None, "", "010-65529988", "none"])
def test_what_is_no_mobile_phone_is_left_out(
    server: RegisterServer, register: Register, phone: str | None
) -> None:
    server.says(answer="match", phone=phone)
    found = register.verify(NAME, NUMBER)
    assert (found.answer, found.phone, found.has_photo) == (Answer.MATCH, None, False)


def test_a_photo_and_a_comparison(server: RegisterServer, register: Register) -> None:
    server.says(photo=b64encode(b"jpeg").decode())
    assert register.photo(NUMBER) == b"jpeg"
    server.says(same_person=False)
    assert register.compare(NUMBER, b"face") is False
    question = {"number": NUMBER, "image": b64encode(b"face").decode()}
    assert server.questions[-1][:2] == ("/v1/comparisons", question)


BROKEN = [
    b"[" * 50_000,
    b"",
    b"[]",
    b"{}",
    b'{"answer":"maybe"}',
    b'{"answer":"match","face":"x"}',
    b'{"answer":"match","phone":7}',
]


@pytest.mark.parametrize("body", BROKEN)
def test_a_broken_answer_is_no_answer(
    server: RegisterServer, register: Register, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    server.body = body
    with caplog.at_level(logging.WARNING):
        assert register.verify(NAME, NUMBER).answer is Answer.UNAVAILABLE
    assert NUMBER not in caplog.text
    assert NAME not in caplog.text


@pytest.mark.parametrize("body", [b"{}", b'{"photo":"***"}', b'{"photo":7}', b'{"same_person":"yes"}', b"7"])
def test_broken_photos_and_comparisons(server: RegisterServer, register: Register, body: bytes) -> None:
    server.body = body
    with pytest.raises(RegisterUnavailable):
        register.photo(NUMBER)
    with pytest.raises(RegisterUnavailable):
        register.compare(NUMBER, b"face")


def test_an_endless_answer_is_no_answer(server: RegisterServer, register: Register) -> None:
    server.says(answer="match", more="x" * 200_000)
    assert register.verify(NAME, NUMBER).answer is Answer.UNAVAILABLE


def test_a_slow_register_is_given_up(server: RegisterServer, clock: FakeClock) -> None:
    server.wait = Event()
    register = opened(settings(server.url, timeout_seconds=0.2), clock)
    assert register.verify(NAME, NUMBER).answer is Answer.UNAVAILABLE


def test_a_register_that_is_down_is_left_alone_for_a_while(
    server: RegisterServer, register: Register, clock: FakeClock
) -> None:
    server.says(503)
    for _ in range(5):
        assert register.verify(NAME, NUMBER).answer is Answer.UNAVAILABLE
    assert len(server.questions) == 3
    with pytest.raises(RegisterUnavailable):
        register.photo(NUMBER)
    server.says(answer="unknown")
    clock.advance(30)
    assert register.verify(NAME, NUMBER).answer is Answer.UNKNOWN
    assert register.verify(NAME, NUMBER).answer is Answer.UNKNOWN


def test_the_token_is_sent(server: RegisterServer, clock: FakeClock, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    server.says(answer="unknown")
    opened(settings(server.url, token_file=tmp_path / "token"), clock).verify(NAME, NUMBER)
    assert server.questions[0][2] == "Bearer secret"


def test_it_refuses_to_start_without_what_it_needs(clock: FakeClock, tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match=r"register\.url"):
        opened(settings(""), clock)
    with pytest.raises(SettingsWrong, match=r"register\.token_file"):
        opened(settings("https://register.example", token_file=tmp_path / "none"), clock)
    assert isinstance(opened(settings("", adapter="embedded"), clock), EmbeddedRegister)


def test_the_description_names_every_door() -> None:
    text = (ROOT / "docs" / "register.openapi.yaml").read_text("utf-8")
    for door in ("/v1/verifications:", "/v1/photos:", "/v1/comparisons:"):
        assert f"\n  {door}\n" in text
