"""`idp people templates` and `idp people evidence` as an operator types them."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.audit.models import AuditEvent
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import face_consents, face_evidence, face_templates
from idp.people.activation_codes import ActivationCodes
from idp.people.cli import PeopleTools
from idp.people.face_cli import face_commands
from idp.people.face_evidence import KeptFrame
from idp.people.face_templates import KeptFace
from idp.people.models import FacePurpose, Person
from idp.storage.base import new_id
from tests.fakes import FakeClock
from tests.idp.people.conftest import NOW

IN_USE, OLD = "b" * 64, "a" * 64
CHECK = new_id(NOW)


@pytest.fixture
def tools(
    sessions: sessionmaker[Session], cipher: FieldCipher, index: BlindIndex, clock: FakeClock
) -> PeopleTools:
    return PeopleTools(
        clock=clock,
        sessions=sessions,
        cipher=cipher,
        index=index,
        activation_codes=ActivationCodes(b"a" * 32, index),
        activation_code_days=14,
        end_sessions=lambda _session, _person_id, _now: None,
        match_model=lambda: IN_USE,
        sandbox=False,
    )


@pytest.fixture(autouse=True)
def kept(tools: PeopleTools) -> None:
    """Three people with templates, two of an old network; and the frames of one check."""
    context = AuditContext(NOW)
    with tools.sessions.begin() as session:
        for model in (OLD, OLD, IN_USE):
            person = Person(id=new_id(NOW), status="active", level=2, name_sealed=b"", created_at=NOW)
            session.add(person)
            session.flush()
            consents = [
                face_consents.give(
                    session, person.id, purpose=purpose, text_version="1", locale="en", context=context
                )
                for purpose in (FacePurpose.TEMPLATE, FacePurpose.EVIDENCE)
            ]
            session.flush()
            face = KeptFace(model, (0.6, 0.8))
            face_templates.keep(session, consents[0], face, days=9, cipher=tools.cipher, context=context)
        frames = (KeptFrame("frontal", b"\xff\xd8 one"), KeptFrame("turned", b"\xff\xd8 two"))
        face_evidence.keep(session, CHECK, consents[1], frames, days=9, cipher=tools.cipher, context=context)


def run(tools: PeopleTools, *arguments: str) -> Result:
    return CliRunner().invoke(face_commands, arguments, obj=lambda: tools)


def test_templates_are_counted_by_their_network(tools: PeopleTools) -> None:
    lines = run(tools, "templates").output.splitlines()
    assert [line.split()[:2] for line in lines] == [[IN_USE, "1"], [OLD, "2"]]
    assert "in use" in lines[0]
    assert "older" in lines[1]


def test_those_of_old_networks_are_deleted_on_demand(tools: PeopleTools, session: Session) -> None:
    assert "2 of older networks deleted" in run(tools, "templates", "--delete-old").output
    assert face_templates.count_by_model(session) == {IN_USE: 1}
    query = select(AuditEvent.actor).where(AuditEvent.name == "face_template_deleted")
    assert session.scalars(query).all() == ["operator"] * 2


def test_the_frames_of_one_check_are_taken_out(tools: PeopleTools, session: Session, tmp_path: Path) -> None:
    assert CHECK in run(tools, "evidence", "list").output
    folder = tmp_path / "case"
    done = run(tools, "evidence", "export", CHECK, "--reason", "complaint-7", "--to", str(folder))
    assert done.exit_code == 0, done.output
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {
        "frontal.jpg": b"\xff\xd8 one",
        "turned.jpg": b"\xff\xd8 two",
    }
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    (event,) = session.scalars(select(AuditEvent).where(AuditEvent.name == "face_evidence_exported"))
    assert event.actor == "operator"
    assert "complaint-7" in event.payload


@pytest.mark.parametrize(
    "arguments",
    [
        ("--to", "case"),
        ("--reason", "two words", "--to", "case"),
        ("--reason", "fine"),
    ],
)
def test_nothing_is_taken_out_without_a_reason_and_a_place(
    tools: PeopleTools, session: Session, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    placed = [str(tmp_path / word) if word == "case" else word for word in arguments]
    assert run(tools, "evidence", "export", CHECK, *placed).exit_code == 2
    assert not session.scalars(select(AuditEvent).where(AuditEvent.name == "face_evidence_exported")).all()


def test_what_is_not_kept_is_said(tools: PeopleTools, clock: FakeClock, tmp_path: Path) -> None:
    place = ("--reason", "x", "--to", str(tmp_path / "case"))
    assert "nothing is kept" in run(tools, "evidence", "export", new_id(NOW), *place).output
    assert (
        "there already"
        in run(tools, "evidence", "export", CHECK, "--reason", "x", "--to", str(tmp_path)).output
    )
    clock.advance(9 * 86400)
    assert "nothing is kept" in run(tools, "evidence", "export", CHECK, *place).output
    assert not (tmp_path / "case").exists()
