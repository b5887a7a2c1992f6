"""Two people at once, truly: threads against SQLite and against PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people.directory import day_in_china
from idp.people.models import ActivationCode, IdentityDocument, Person
from idp.people.resident_number import compose
from idp.people.settlement import Outcome, Settled
from tests.fakes import FakeClock
from tests.idp.people.conftest import NOW, ON_EACH_DATABASE
from tests.idp.people.enrolling import NUMBER, PHONE, Enrolling, enrolling

AT_ONCE = 6
pytestmark = ON_EACH_DATABASE
Result = TypeVar("Result")


def together(calls: list[Callable[[], Result]]) -> list[Result]:
    gate = Barrier(len(calls))

    def run(call: Callable[[], Result]) -> Result:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def settling(at_desk: Enrolling, number: str, phone: str) -> Callable[[], Settled]:
    at_desk.register.names.setdefault(number, "张三")
    held = at_desk.with_face(at_desk.named(number=number, phone=phone))
    return lambda: at_desk.desk.settle(held, context=at_desk.context())[1]


def test_one_number_at_once_makes_one_person(
    sessions: sessionmaker[Session], cipher: FieldCipher, index: BlindIndex, clock: FakeClock
) -> None:
    for attempt in range(5):
        number = compose("110101", day_in_china(NOW).replace(year=1950 + attempt, day=1), attempt)
        # A clock for each: three tries a day is another matter.
        desks = [enrolling(sessions, cipher, index, FakeClock(NOW)) for _ in range(AT_ONCE)]
        calls = [
            settling(desk, number, f"+8613{attempt}0000000{serial}") for serial, desk in enumerate(desks)
        ]
        results = together(calls)
        assert len({result.person_id for result in results}) == 1
        assert sorted(result.outcome for result in results) == [Outcome.CLAIMED] * (AT_ONCE - 1) + [
            Outcome.ENROLLED
        ]
        with sessions() as session:
            assert session.scalar(select(func.count()).select_from(Person)) == attempt + 1
            assert session.scalar(select(func.count()).select_from(IdentityDocument)) == attempt + 1


def test_one_phone_at_once_ends_with_one_holder(
    sessions: sessionmaker[Session], cipher: FieldCipher, index: BlindIndex
) -> None:
    desks = [enrolling(sessions, cipher, index, FakeClock(NOW)) for _ in range(AT_ONCE)]
    calls = [
        settling(desk, compose("110101", day_in_china(NOW).replace(year=1960, day=1), serial), PHONE)
        for serial, desk in enumerate(desks)
    ]
    results = together(calls)
    assert [result.outcome for result in results] == [Outcome.ENROLLED] * AT_ONCE
    with sessions() as session:
        holders = session.scalars(select(Person.id).where(Person.phone_index.is_not(None))).all()
        assert len(holders) == 1
        assert session.scalar(select(func.count()).select_from(Person)) == AT_ONCE


def test_one_activation_code_at_once_is_used_once(
    sessions: sessionmaker[Session], cipher: FieldCipher, index: BlindIndex, clock: FakeClock
) -> None:
    codes = enrolling(sessions, cipher, index, clock).bindings.activation_codes
    at_desk = enrolling(sessions, cipher, index, clock)
    with sessions.begin() as session:
        code = codes.make(session, NUMBER, made_by="c", days=14, context=at_desk.context())

    def redeem() -> str | None:
        with sessions.begin() as session:
            return codes.redeem(session, NUMBER, code, NOW)

    used = together([redeem] * AT_ONCE)
    assert len([code_id for code_id in used if code_id is not None]) == 1
    with sessions() as session:
        assert session.scalars(select(ActivationCode.used_at)).all() == [NOW]
