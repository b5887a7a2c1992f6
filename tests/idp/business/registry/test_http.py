"""The business register behind HTTP: a real server that answers as told, through the guarded client."""

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from idp.business.organisation_kinds import REGISTERED_STATUSES, OrganisationStatus, OrganisationType
from idp.business.registry import (
    BusinessRegister,
    LegalRepresentative,
    RegisterUnavailable,
    open_business_register,
)
from idp.business.registry.embedded import EmbeddedBusinessRegister
from idp.business.registry.http import HttpBusinessRegister
from idp.crypto.fields import FieldCipher
from idp.outbound import Outbound
from idp.outbound.json_service import ServiceUnavailable
from idp.settings import ROOT, SettingsWrong
from idp.settings import BusinessRegister as BusinessRegisterSettings
from idp.settings import Outbound as OutboundSettings
from tests.fakes import FakeClock
from tests.idp.business.registering import CODE, COMPANY, NAME, NUMBER, code_of
from tests.idp.people.conftest import NOW
from tests.idp.people.registry.server import RegisterServer, serving

PERSON = {"name": NAME, "number": NUMBER}
ANSWER = {"code": CODE, "name": COMPANY, "status": "active", "legal_representative": PERSON}


@pytest.fixture
def server() -> Iterator[RegisterServer]:
    with serving() as server:
        yield server


def opened(cipher: FieldCipher, clock: FakeClock, url: str, **changed: Any) -> BusinessRegister:
    values = {"adapter": "http", "url": url, "timeout_seconds": 2.0, "failures_before_open": 3}
    times = {"open_seconds": 30, "recheck_seconds": 3600, "rechecks_per_minute": 10, "trusted_seconds": 86400}
    settings = BusinessRegisterSettings(**{**values, **times, **changed})
    limits = OutboundSettings(
        allow=(url,) if url else (), clients_allow=(), timeout_seconds=5, bytes_at_most=100_000
    )
    return open_business_register(settings, create_engine("sqlite://"), cipher, Outbound(limits), clock)


@pytest.fixture
def register(server: RegisterServer, cipher: FieldCipher, clock: FakeClock) -> BusinessRegister:
    return opened(cipher, clock, server.url)


def test_what_it_says(server: RegisterServer, register: BusinessRegister) -> None:
    server.says(**ANSWER)
    found = register.look_up(CODE)
    assert found is not None
    assert (found.code, found.name, found.type) == (CODE, COMPANY, OrganisationType.ENTERPRISE)
    assert found.status is OrganisationStatus.ACTIVE
    assert found.representative == LegalRepresentative(NAME, NUMBER)
    assert server.questions == [("/v1/organisations", {"code": CODE}, None)]


def test_names_and_numbers_are_brought_to_our_form(
    server: RegisterServer, register: BusinessRegister
) -> None:
    person = {"name": " 王 小明", "number": NUMBER.lower()}
    server.says(**{**ANSWER, "name": "北京(示例)公司", "legal_representative": person})
    found = register.look_up(CODE)
    assert found is not None
    assert (found.name, found.representative) == ("北京（示例）公司", LegalRepresentative(NAME, NUMBER))


def test_the_registers_type_counts_more_than_the_codes(
    server: RegisterServer, register: BusinessRegister
) -> None:
    server.says(**ANSWER, type="individual_business")
    found = register.look_up(CODE)
    assert found is not None
    assert found.type is OrganisationType.INDIVIDUAL_BUSINESS


@pytest.mark.parametrize("number", [None, "E12345678", NUMBER[:-1] + "0" if NUMBER[-1] != "0" else "1"])
def test_a_representative_whose_number_is_none_of_ours_is_told_without_it(
    server: RegisterServer, register: BusinessRegister, number: str | None
) -> None:
    server.says(**{**ANSWER, "legal_representative": {"name": NAME, "number": number}})
    found = register.look_up(CODE)
    assert found is not None
    assert found.representative == LegalRepresentative(NAME, None)


def test_nobody_is_named(server: RegisterServer, register: BusinessRegister) -> None:
    server.says(**{**ANSWER, "legal_representative": None})
    found = register.look_up(CODE)
    assert found is not None
    assert found.representative is None


def test_a_404_is_an_unknown_organisation(server: RegisterServer, register: BusinessRegister) -> None:
    server.says(404)
    assert register.look_up(CODE) is None


BROKEN: list[Any] = [
    [],
    {},
    7,
    {**ANSWER, "code": code_of(2)},
    {**ANSWER, "status": "fine"},
    {**ANSWER, "status": "missing"},
    {**ANSWER, "type": "company"},
    {**ANSWER, "name": None},
    {**ANSWER, "name": ""},
    {**ANSWER, "legal_representative": NAME},
    {**ANSWER, "legal_representative": {"number": NUMBER}},
    {**ANSWER, "legal_representative": {"name": 7}},
    {**ANSWER, "legal_representative": {"name": NAME, "number": 7}},
    {key: value for key, value in ANSWER.items() if key != "legal_representative"},
]


@pytest.mark.parametrize("answer", BROKEN)
def test_a_broken_answer_is_no_answer(
    server: RegisterServer, register: BusinessRegister, answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    server.body = json.dumps(answer).encode()
    with caplog.at_level(logging.WARNING), pytest.raises(RegisterUnavailable) as caught:
        register.look_up(CODE)
    assert "business_register" in caplog.text
    for secret in (CODE, COMPANY, NAME, NUMBER):
        assert secret not in caplog.text
        assert secret not in str(caught.value)


def test_an_endless_or_a_slow_answer_is_no_answer(
    server: RegisterServer, cipher: FieldCipher, clock: FakeClock
) -> None:
    server.says(**ANSWER, more="x" * 200_000)
    with pytest.raises(RegisterUnavailable):
        opened(cipher, clock, server.url).look_up(CODE)
    server.wait = Event()
    with pytest.raises(RegisterUnavailable):
        opened(cipher, clock, server.url, timeout_seconds=0.2).look_up(CODE)


def test_a_register_that_is_down_is_left_alone_for_a_while(
    server: RegisterServer, register: BusinessRegister, clock: FakeClock
) -> None:
    server.says(503)
    for _ in range(5):
        with pytest.raises(RegisterUnavailable):
            register.look_up(CODE)
    assert len(server.questions) == 3
    server.says(**ANSWER)
    clock.advance(30)
    assert register.look_up(CODE) is not None


def test_the_token_is_sent(
    server: RegisterServer, cipher: FieldCipher, clock: FakeClock, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("secret\n")
    server.says(404)
    opened(cipher, clock, server.url, token_file=tmp_path / "token").look_up(CODE)
    assert server.questions[0][2] == "Bearer secret"


def test_it_refuses_to_start_without_what_it_needs(
    cipher: FieldCipher, clock: FakeClock, tmp_path: Path
) -> None:
    with pytest.raises(SettingsWrong, match=r"business_register\.url"):
        opened(cipher, clock, "")
    with pytest.raises(SettingsWrong, match=r"business_register\.token_file"):
        opened(cipher, clock, "https://register.example", token_file=tmp_path / "none")
    assert isinstance(opened(cipher, clock, "", adapter="embedded"), EmbeddedBusinessRegister)


def test_the_description_is_of_this_contract() -> None:
    text = (ROOT / "docs" / "business-register.openapi.yaml").read_text("utf-8")
    words = set(re.findall(r"[a-z_]+", text))
    assert "\n  /v1/organisations:\n" in text
    assert f"required: [{', '.join(ANSWER)}]" in text
    assert {*REGISTERED_STATUSES, *OrganisationType} <= words
    assert OrganisationStatus.MISSING not in words


class SaidService:
    """Hands over an answer that arrived, as the service would."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def ask(self, resource: str, question: Mapping[str, str], read: Callable[[Any], Any]) -> Any:
        try:
            return read(self.answer)
        except (ValueError, LookupError, TypeError) as problem:
            raise ServiceUnavailable(type(problem).__name__) from None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([*sorted(ANSWER), "type"]), st.sampled_from([None, "name", "number"]), anything)
def test_whatever_stands_in_an_answer_it_is_read_or_it_is_no_answer(
    place: str, inside: str | None, value: Any
) -> None:
    """Nothing that a register says becomes an error of another kind, which would stop the worker."""
    answer = {**ANSWER, place: value if inside is None else {**PERSON, inside: value}}
    for said in (answer, value):
        register = HttpBusinessRegister(SaidService(said), lambda: NOW.date())  # type: ignore[arg-type]
        try:
            found = register.look_up(CODE)
        except RegisterUnavailable:
            continue
        assert found is not None
        assert found.status in REGISTERED_STATUSES
