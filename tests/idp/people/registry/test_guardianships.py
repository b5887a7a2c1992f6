"""Who cares for whom: one suite over both registers, and what each has of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from idp.crypto.fields import BlindIndex, FieldCipher
from idp.outbound import Outbound
from idp.people.registry import Register, RegisterUnavailable, Relation, guardianships, open_register
from idp.people.registry.bounded_csv import BadLine, Fault, WrongHeader, read_lines
from idp.people.registry.embedded import EmbeddedRegister, RegisterRecord, find_entry, upsert
from idp.people.registry.guardianship_file import Reason, columns_of, import_file
from idp.people.registry.models import RegisterGuardianship
from idp.people.resident_number import compose
from idp.settings import ROOT
from idp.settings import Outbound as OutboundSettings
from idp.settings import Register as RegisterSettings
from tests.fakes import FakeClock
from tests.idp.people.conftest import NOW
from tests.idp.people.enrolling import NAME, NUMBER
from tests.idp.people.registry.server import RegisterServer, serving

CHILD = compose("110101", date(2020, 5, 1), 11)
STRANGER = compose("110101", date(1980, 5, 1), 12)
Says = Callable[[Relation | None], None]
"""Makes the register say of NUMBER and CHILD what is given."""


@pytest.fixture
def server() -> Iterator[RegisterServer]:
    with serving() as server:
        yield server


@pytest.fixture
def embedded(
    engine: Engine, sessions: sessionmaker[Session], cipher: FieldCipher, index: BlindIndex
) -> EmbeddedRegister:
    with sessions.begin() as session:
        for number, name in ((NUMBER, NAME), (CHILD, "张小宝")):
            upsert(session, RegisterRecord(number, name), cipher=cipher, index=index, now=NOW)
    return EmbeddedRegister(engine, cipher, index)


@pytest.fixture(params=["embedded", "http"])
def asked(
    request: pytest.FixtureRequest,
    engine: Engine,
    embedded: EmbeddedRegister,
    server: RegisterServer,
    sessions: sessionmaker[Session],
    cipher: FieldCipher,
    index: BlindIndex,
    clock: FakeClock,
) -> tuple[Register, Says]:
    if request.param == "embedded":

        def keep(relation: Relation | None) -> None:
            with sessions.begin() as session:
                guardian, ward = (entry_id(session, index, number) for number in (NUMBER, CHILD))
                guardianships.keep(session, guardian, ward, relation, now=clock())

        return embedded, keep
    settings = RegisterSettings(
        adapter="http", url=server.url, timeout_seconds=2.0, failures_before_open=3, open_seconds=30
    )
    outbound = Outbound(
        OutboundSettings(allow=(server.url,), clients_allow=(), timeout_seconds=5, bytes_at_most=100_000)
    )
    register = open_register(settings, engine, cipher, index, outbound, clock)
    return register, lambda relation: server.says(relation=relation or "none")


def entry_id(session: Session, index: BlindIndex, number: str) -> str:
    entry = find_entry(session, index, number)
    assert entry is not None
    return entry.id


@pytest.mark.parametrize("relation", [*Relation, None])
def test_what_it_says_is_what_it_was_told_last(
    asked: tuple[Register, Says], relation: Relation | None
) -> None:
    register, says = asked
    says(Relation.GUARDIAN)
    says(relation)
    assert register.cares_for(NUMBER, CHILD) is relation


def test_childhood_ends_and_care_does_not() -> None:
    assert [one for one in Relation if one.is_for_childhood] == [Relation.PARENT, Relation.GUARDIAN]


def test_it_holds_one_way_and_for_these_two_alone(
    embedded: EmbeddedRegister, session: Session, index: BlindIndex
) -> None:
    guardian, ward = (entry_id(session, index, number) for number in (NUMBER, CHILD))
    guardianships.keep(session, guardian, ward, Relation.PARENT, now=NOW)
    session.commit()
    assert embedded.cares_for(NUMBER, CHILD) is Relation.PARENT
    for pair in ((CHILD, NUMBER), (NUMBER, NUMBER), (STRANGER, CHILD), (NUMBER, STRANGER)):
        assert embedded.cares_for(*pair) is None


@pytest.mark.parametrize("died", [NUMBER, CHILD])
def test_nobody_cares_for_the_dead_nor_is_cared_for_by_them(
    embedded: EmbeddedRegister, session: Session, cipher: FieldCipher, index: BlindIndex, died: str
) -> None:
    guardian, ward = (entry_id(session, index, number) for number in (NUMBER, CHILD))
    guardianships.keep(session, guardian, ward, Relation.PARENT, now=NOW)
    upsert(session, RegisterRecord(died, "甲", deceased=True), cipher=cipher, index=index, now=NOW)
    session.commit()
    assert embedded.cares_for(NUMBER, CHILD) is None


class TestBehindHttp:
    @pytest.fixture
    def register(self, server: RegisterServer, engine: Engine, clock: FakeClock) -> Register:
        settings = RegisterSettings(
            adapter="http", url=server.url, timeout_seconds=2.0, failures_before_open=30, open_seconds=30
        )
        outbound = Outbound(
            OutboundSettings(allow=(server.url,), clients_allow=(), timeout_seconds=5, bytes_at_most=9000)
        )
        cipher_and_index: tuple[FieldCipher, BlindIndex] = (None, None)  # type: ignore[assignment]
        return open_register(settings, engine, *cipher_and_index, outbound, clock)

    def test_the_question(self, server: RegisterServer, register: Register) -> None:
        server.says(relation="parent")
        assert register.cares_for(NUMBER, CHILD) is Relation.PARENT
        assert server.questions == [("/v1/guardianships", {"guardian": NUMBER, "ward": CHILD}, None)]

    def test_a_register_without_this_door_says_nothing_of_anybody(
        self, server: RegisterServer, register: Register
    ) -> None:
        server.says(404)
        assert register.cares_for(NUMBER, CHILD) is None

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"{}",
            b"true",
            b'{"relation":null}',
            b'{"relation":"friend"}',
            b'{"relation":["parent"]}',
        ],
    )
    def test_a_broken_answer_makes_nobody_a_guardian(
        self, server: RegisterServer, register: Register, body: bytes, caplog: pytest.LogCaptureFixture
    ) -> None:
        server.body = body
        with pytest.raises(RegisterUnavailable):
            register.cares_for(NUMBER, CHILD)
        assert NUMBER not in caplog.text
        assert CHILD not in caplog.text

    def test_down_is_not_no(self, server: RegisterServer, register: Register) -> None:
        server.says(503)
        with pytest.raises(RegisterUnavailable):
            register.cares_for(NUMBER, CHILD)

    def test_the_description_names_the_door_and_every_relation(self) -> None:
        text = (ROOT / "docs" / "register.openapi.yaml").read_text("utf-8")
        assert "\n  /v1/guardianships:\n" in text
        assert "enum: [none, parent, guardian, carer]" in text


KNOWN = {NUMBER: "one", CHILD: "two"}


class TestAFile:
    def outcomes(self, lines: str, tmp_path: Path) -> list[object]:
        path = tmp_path / "guardianships.csv"
        path.write_text("guardian,ward,relation\n" + lines, "utf-8")
        columns = columns_of(today=NOW.date(), entry_of=KNOWN.get)
        with path.open("rb") as file:
            found = read_lines(file, columns)
            return [one.reason if isinstance(one, BadLine) else one.relation for one in found]

    def test_what_each_line_is(self, tmp_path: Path) -> None:
        lines = {
            f"{NUMBER},{CHILD},parent": Relation.PARENT,
            f" {NUMBER} ,{CHILD.lower()}, Guardian ": Relation.GUARDIAN,
            f"{NUMBER},{CHILD},carer": Relation.CARER,
            f"{NUMBER},{CHILD},none": None,
            f"{NUMBER},{CHILD},": Reason.RELATION,
            f"{NUMBER},{CHILD},uncle": Reason.RELATION,
            f"{NUMBER},{NUMBER},parent": Reason.SAME,
            f"{NUMBER[:-1]}0,{CHILD},parent": Reason.GUARDIAN,
            f"{NUMBER},1,parent": Reason.WARD,
            f"{STRANGER},{CHILD},parent": Reason.GUARDIAN_UNKNOWN,
            f"{NUMBER},{STRANGER},parent": Reason.WARD_UNKNOWN,
            f"{NUMBER},{CHILD}": Fault.COLUMNS,
        }
        assert self.outcomes("\n".join(lines), tmp_path) == list(lines.values())

    def test_a_file_of_something_else(self, tmp_path: Path) -> None:
        path = tmp_path / "people.csv"
        path.write_text("number,name\n", "utf-8")
        with pytest.raises(WrongHeader):
            import_file(
                path, today=NOW.date(), entry_of=KNOWN.get, store=lambda _: None, progress=lambda _: None
            )


def test_the_table_tells_no_number(embedded: EmbeddedRegister, session: Session, index: BlindIndex) -> None:
    guardian, ward = (entry_id(session, index, number) for number in (NUMBER, CHILD))
    guardianships.keep(session, guardian, ward, Relation.PARENT, now=NOW)
    row = session.scalars(select(RegisterGuardianship)).one()
    assert {NUMBER, CHILD}.isdisjoint({row.guardian_id, row.ward_id, row.relation})
