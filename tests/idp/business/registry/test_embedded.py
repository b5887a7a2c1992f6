"""The business register in a table of ours."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from idp.business.organisation_kinds import OrganisationStatus
from idp.business.registry import LegalRepresentative, RegisterUnavailable
from idp.business.registry.embedded import EmbeddedBusinessRegister, find_entry, upsert
from idp.crypto.fields import FieldCipher
from idp.storage.database import open_database
from tests.idp.business.registering import CODE, COMPANY, NAME, NUMBER, code_of, company
from tests.idp.people.conftest import NOW


@pytest.fixture
def register(engine: Engine, cipher: FieldCipher) -> EmbeddedBusinessRegister:
    return EmbeddedBusinessRegister(engine, cipher)


@pytest.mark.parametrize("representative", [
    LegalRepresentative(NAME, NUMBER), LegalRepresentative("JOHN SPECIMEN", None), None,
])  # fmt: skip
def test_what_is_written_is_what_it_says(
    register: EmbeddedBusinessRegister,
    sessions: sessionmaker[Session],
    cipher: FieldCipher,
    representative: LegalRepresentative | None,
) -> None:
    record = company(representative=representative)
    with sessions.begin() as session:
        assert upsert(session, record, cipher=cipher, now=NOW)
    assert register.look_up(CODE) == record
    assert register.look_up(code_of(2)) is None


def test_written_again_it_is_replaced_as_a_whole(
    register: EmbeddedBusinessRegister, sessions: sessionmaker[Session], cipher: FieldCipher
) -> None:
    later = company(name="另一公司", status=OrganisationStatus.DISSOLVED, representative=None)
    with sessions.begin() as session:
        upsert(session, company(), cipher=cipher, now=NOW)
        assert not upsert(session, later, cipher=cipher, now=NOW)
    assert register.look_up(CODE) == later


def test_names_and_numbers_are_sealed(sessions: sessionmaker[Session], cipher: FieldCipher) -> None:
    with sessions.begin() as session:
        upsert(session, company(), cipher=cipher, now=NOW)
    with sessions() as session:
        entry = find_entry(session, CODE)
        for value in vars(entry).values():
            text = value if isinstance(value, bytes) else str(value).encode()
            for secret in (NAME, NUMBER, COMPANY):
                assert secret.encode() not in text


def test_a_table_that_does_not_answer_is_an_outage_of_the_register(
    cipher: FieldCipher, tmp_path: Path
) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/empty.db")
    with pytest.raises(RegisterUnavailable) as caught:
        EmbeddedBusinessRegister(engine, cipher).look_up(CODE)
    assert CODE not in str(caught.value)
    engine.dispose()


def test_what_it_says_is_silent() -> None:
    for told in (company(), replace(company(), representative=None), company().representative):
        for secret in (NAME, NUMBER, COMPANY, CODE):
            assert secret not in repr(told)
