"""Before the binding, somebody and nobody look the same and take the same time: on disk, with real parts."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit import AuditContext
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.messages import TextMessages
from idp.people.directory import day_in_china
from idp.people.enrolment import Purpose, next_step, ways
from idp.people.enrolment_desk import OWN_PHONE
from idp.people.enrolment_records import Held
from idp.people.registry.embedded import EmbeddedRegister, RegisterRecord, upsert
from idp.people.resident_number import compose
from idp.people.sms_checks import DECOY, WrongCode
from idp.storage.ephemeral import EphemeralStore, open_store
from idp.storage.outbox import OutboxMessage, drain
from tests.fakes import FakeClock
from tests.idp.people.conftest import NOW
from tests.idp.people.enrolling import NAME, NUMBER, REGISTER_PHONE, Enrolling, enrolling
from tests.timing import TOLERANCE, apart, cpu_seconds

ROUNDS = 40
UNKNOWN = compose("110101", NOW.date().replace(year=1970), 5)


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[EphemeralStore]:
    store = open_store(f"sqlite:///{tmp_path}/ephemeral.db", clock)
    yield store
    store.close()


@pytest.fixture
def at_desk(
    sessions: sessionmaker[Session],
    engine: Engine,
    cipher: FieldCipher,
    index: BlindIndex,
    clock: FakeClock,
    store: EphemeralStore,
) -> Enrolling:
    """SQLite files, the embedded register, the outbox; somebody with an account and a register phone."""
    with sessions.begin() as session:
        record = RegisterRecord(NUMBER, NAME, REGISTER_PHONE, b"photo")
        upsert(session, record, cipher=cipher, index=index, now=NOW)
    enrolling(sessions, cipher, index, clock, store=store).enrolled()
    return enrolling(
        sessions,
        cipher,
        index,
        clock,
        store=store,
        register=EmbeddedRegister(engine, cipher, index),
        deliver=TextMessages(cipher, code_seconds=300).send_code,
    )


def confirmed(at_desk: Enrolling, serial: int) -> Held:
    """A phone is confirmed; each in a browser of its own."""
    held = at_desk.begin(Purpose.ENROL, f"browser-{serial}")
    phone = f"+86137{serial:08d}"
    code = at_desk.desk.sms.codes.issue(OWN_PHONE, held.enrolment.id, phone)
    return at_desk.desk.confirm_phone(held, phone, code, NOW)


def try_number(at_desk: Enrolling, held: Held, number: str, context: AuditContext) -> None:
    held = at_desk.desk.identify(held, NAME, number, context=context)
    held = at_desk.bindings.ask_register_phone(held, locale="zh-CN", context=context)
    with pytest.raises(WrongCode):
        at_desk.bindings.confirm_register_phone(held, "x", NOW)


def test_somebody_and_nobody_take_the_same_time(at_desk: Enrolling) -> None:
    times: dict[str, list[float]] = {NUMBER: [], UNKNOWN: []}
    for serial in range(ROUNDS):
        # In turns, so that whatever else the process does falls on both; tries start anew each day.
        number = (NUMBER, UNKNOWN)[serial % 2]
        at_desk.clock.advance(86_400)
        held = confirmed(at_desk, serial)
        context = at_desk.context(f"192.0.2.{serial}")
        times[number].append(cpu_seconds(partial(try_number, at_desk, held, number, context)))
    assert apart(times[NUMBER], times[UNKNOWN]) < TOLERANCE


def test_somebody_and_nobody_look_the_same(at_desk: Enrolling) -> None:
    pages = []
    for serial, number in enumerate((NUMBER, UNKNOWN)):
        held = at_desk.desk.identify(confirmed(at_desk, serial), NAME, number, context=at_desk.context())
        before = (next_step(held.enrolment), ways(held.enrolment, day_in_china(NOW)))
        held = at_desk.bindings.ask_register_phone(held, locale="zh-CN", context=at_desk.context())
        pages.append((before, next_step(held.enrolment), ways(held.enrolment, day_in_china(NOW))))
    assert pages[0] == pages[1]


def test_the_outbox_gets_as_many_rows_for_nobody(
    at_desk: Enrolling, sessions: sessionmaker[Session], clock: FakeClock
) -> None:
    for serial, number in enumerate((NUMBER, UNKNOWN)):
        held = at_desk.desk.identify(confirmed(at_desk, serial), NAME, number, context=at_desk.context())
        at_desk.bindings.ask_register_phone(held, locale="zh-CN", context=at_desk.context())
    with sessions() as session:
        rows = {row.kind: len(row.payload) for row in session.scalars(select(OutboxMessage))}
        assert set(rows) == {"sms", DECOY}
        assert abs(rows["sms"] - rows[DECOY]) < 200
    delivered = []
    drain(sessions, {"sms": lambda delivery: delivered.append(delivery.id)}, clock)
    with sessions() as session:
        assert session.scalars(select(OutboxMessage)).all() == []
    assert len(delivered) == 1
