"""`idp people ...` as an operator types it."""

from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.models import AuditEvent
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.crypto.master_key import KeyRing
from idp.people import directory
from idp.people.account_cli import account_commands
from idp.people.activation_codes import ActivationCodes
from idp.people.cli import PeopleTools, people_commands
from idp.people.guardianship_cli import guardianship_commands
from idp.people.models import ActivationCode
from idp.people.registry import Relation, guardianships
from idp.people.registry.embedded import find_entry
from idp.people.resident_number import compose
from tests.fakes import FakeClock
from tests.idp.people.conftest import NOW
from tests.idp.people.enrolling import NAME, NUMBER, Enrolling

CARD = compose("931840", date(1990, 3, 7), 3)
COMMANDS = click.CommandCollection(sources=[people_commands, account_commands, guardianship_commands])
UNKNOWN = compose("110101", date(1970, 1, 1), 3)


@pytest.fixture
def ended() -> list[str]:
    return []


@pytest.fixture
def tools(
    sessions: sessionmaker[Session],
    cipher: FieldCipher,
    index: BlindIndex,
    clock: FakeClock,
    ended: list[str],
) -> PeopleTools:
    return PeopleTools(
        clock=clock,
        sessions=sessions,
        cipher=cipher,
        index=index,
        activation_codes=ActivationCodes(b"a" * 32, index),
        activation_code_days=14,
        end_sessions=lambda _session, person_id, _now: ended.append(person_id),
        match_model=lambda: "a" * 64,
        sandbox=False,
    )


def run(tools: PeopleTools, *arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(COMMANDS, arguments, input=typed, obj=lambda: tools)


def names(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.name).order_by(AuditEvent.seq)))


def test_help_opens_nothing() -> None:
    for command in (
        "import",
        "import-guardianships",
        "activation-code",
        "freeze",
        "unfreeze",
        "record-death",
        "close",
        "reencrypt",
    ):
        result = CliRunner().invoke(COMMANDS, [command, "--help"])
        assert result.exit_code == 0, result.output


def test_an_import(tools: PeopleTools, session: Session, index: BlindIndex, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(f"number,name,phone\n{NUMBER},{NAME},13800138000\n", "utf-8")
    result = run(tools, "import", str(file))
    assert result.exit_code == 0, result.output
    assert result.stdout == "1 lines: 1 imported, 0 bad.\n"
    assert find_entry(session, index, NUMBER) is not None
    assert names(session) == ["people_imported"]


def test_bad_lines_are_reported_without_what_stands_in_them(
    tools: PeopleTools, session: Session, index: BlindIndex, tmp_path: Path
) -> None:
    file, report = tmp_path / "people.csv", tmp_path / "bad.csv"
    wrong = NUMBER[:-1] + "0"
    lines = [f"{wrong},{NAME}"] * 30 + [f"{NUMBER},{NAME}", f"{compose('000000', NOW.date(), 1)},样本"]
    file.write_text("number,name\n" + "\n".join(lines), "utf-8")
    result = run(tools, "import", str(file), "--report", str(report))
    assert result.exit_code == 1
    assert "32 lines: 1 imported, 31 bad." in result.output
    assert "line 2: not an identity number (check_character)" in result.output
    assert "and 11 more" in result.output
    rows = report.read_text("utf-8").splitlines()
    assert rows[0] == "line,reason,detail"
    assert rows[-1] == "33,a sandbox number outside of the sandbox,"
    assert len(rows) == 32
    for text in (result.output, report.read_text("utf-8")):
        assert wrong not in text
        assert NAME not in text
    assert find_entry(session, index, NUMBER) is not None


def test_who_cares_for_whom(tools: PeopleTools, session: Session, index: BlindIndex, tmp_path: Path) -> None:
    people, file = tmp_path / "people.csv", tmp_path / "guardianships.csv"
    people.write_text(f"number,name\n{NUMBER},{NAME}\n{UNKNOWN},样本\n", "utf-8")
    assert run(tools, "import", str(people)).exit_code == 0
    lines = [f"{NUMBER},{UNKNOWN},carer", f"{NUMBER},{CARD},parent"]
    file.write_text("guardian,ward,relation\n" + "\n".join(lines), "utf-8")
    result = run(tools, "import-guardianships", str(file))
    assert result.exit_code == 1
    assert "2 lines: 1 imported, 1 bad." in result.output
    assert "line 3: ward is not in the register" in result.output
    assert guardianships.relation(session, index, NUMBER, UNKNOWN) is Relation.CARER
    session.rollback()
    file.write_text(f"guardian,ward,relation\n{NUMBER},{UNKNOWN},none\n", "utf-8")
    assert run(tools, "import-guardianships", str(file)).exit_code == 0
    assert guardianships.relation(session, index, NUMBER, UNKNOWN) is None
    assert names(session) == ["people_imported", "guardianships_imported", "guardianships_imported"]


def test_a_file_without_a_header(tools: PeopleTools, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(f"{NUMBER},{NAME}\n", "utf-8")
    result = run(tools, "import", str(file))
    assert result.exit_code == 1
    assert "first line" in result.output
    assert NUMBER not in result.output


def test_an_activation_code(tools: PeopleTools, session: Session) -> None:
    result = run(tools, "activation-code", "--clerk", "clerk-7", typed=NUMBER + "\n")
    assert result.exit_code == 0, result.output
    assert NUMBER not in result.output
    code = result.stdout.splitlines()[-1]
    row = session.scalars(select(ActivationCode)).one()
    assert row.made_by == "clerk-7"
    assert session.scalars(select(AuditEvent.actor)).all() == ["clerk-7"]
    assert tools.activation_codes.redeem(session, NUMBER, code, NOW) == row.id


@pytest.mark.parametrize("typed", ["123", compose("000000", NOW.date(), 1)])
def test_no_code_for_what_is_no_number(tools: PeopleTools, session: Session, typed: str) -> None:
    result = run(tools, "activation-code", typed=typed + "\n")
    assert result.exit_code == 1
    assert typed not in result.output
    assert names(session) == []


def test_a_clerk_is_an_account_not_a_name(tools: PeopleTools) -> None:
    result = run(tools, "activation-code", "--clerk", "王小明", typed=NUMBER + "\n")
    assert result.exit_code == 2


def test_another_document_of_the_same_person(
    tools: PeopleTools, at_desk: Enrolling, session: Session, index: BlindIndex, cipher: FieldCipher
) -> None:
    person_id = at_desk.enrolled()
    at_desk.clock.advance(1)
    assert run(tools, "add-document", typed=f"{NUMBER}\n{CARD}\n").exit_code == 0
    for number in (NUMBER, CARD):
        person = directory.find_by_number(session, index, number)
        assert person is not None
        assert person.id == person_id
    assert directory.number_of(session, person, cipher, directory.day_in_china(NOW)).number.value == CARD
    assert names(session)[-1] == "document_added"
    session.rollback()
    taken = run(tools, "add-document", typed=f"{NUMBER}\n{CARD}\n")
    assert (taken.exit_code, CARD in taken.output) == (1, False)
    assert run(tools, "add-document", typed=f"{UNKNOWN}\n{CARD}\n").exit_code == 1


def test_freezing_ends_sessions(
    tools: PeopleTools, at_desk: Enrolling, session: Session, ended: list[str]
) -> None:
    person_id = at_desk.enrolled()
    result = run(tools, "freeze", "--reason", "phone-stolen", typed=NUMBER + "\n")
    assert (result.exit_code, ended) == (0, [person_id]), result.output
    assert result.stdout.endswith("The account is frozen.\n")
    person = directory.find_by_id(session, person_id)
    assert person is not None
    assert person.status == "frozen"
    session.rollback()
    assert run(tools, "freeze", typed=NUMBER + "\n").stdout.endswith("The account was frozen already.\n")
    assert ended == [person_id]
    assert run(tools, "unfreeze", typed=NUMBER + "\n").exit_code == 0
    assert run(tools, "record-death", typed=NUMBER + "\n").exit_code == 0
    refused = run(tools, "freeze", typed=NUMBER + "\n")
    assert refused.exit_code == 1
    assert "the account is deceased" in refused.output


def test_closing_asks_first(tools: PeopleTools, at_desk: Enrolling, session: Session) -> None:
    person_id = at_desk.enrolled()
    assert run(tools, "close", typed="n\n").exit_code == 1
    assert run(tools, "close", typed=f"y\n{NUMBER}\n").exit_code == 0
    person = directory.find_by_id(session, person_id)
    assert person is not None
    assert person.status == "closed"


def test_nobody_with_this_number(tools: PeopleTools, ended: list[str]) -> None:
    result = run(tools, "freeze", typed=NUMBER + "\n")
    assert result.exit_code == 1
    assert "nobody" in result.output
    assert ended == []


def test_reencrypting(tools: PeopleTools, at_desk: Enrolling) -> None:
    at_desk.enrolled()
    ring = KeyRing("two", {"one": b"1" * 32, "two": b"2" * 32})
    renewed = PeopleTools(**{**vars(tools), "cipher": FieldCipher(ring)})
    assert run(renewed, "reencrypt").stdout == "2 rows looked at, 2 changed.\n"
    assert run(renewed, "reencrypt").stdout == "2 rows looked at, 0 changed.\n"
    assert run(renewed, "reencrypt", "--from", "identity_documents:z").stdout.startswith("0 rows")
    assert run(renewed, "reencrypt", "--from", "nonsense").exit_code == 2
    lost = PeopleTools(**{**vars(tools), "cipher": FieldCipher(KeyRing("three", {"three": b"3" * 32}))})
    result = run(lost, "reencrypt")
    assert result.exit_code == 1
    assert "no key 'two' in the ring" in result.output
