"""The round: who is asked about, when, and what a change, a silence or a second worker does to it."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.audit.models import AuditEvent
from idp.business.organisation_kinds import OrganisationStatus
from idp.business.organisations import Organisations, find_by_code
from idp.business.registry import LegalRepresentative, RegisteredOrganisation
from idp.business.watching import RETRY_AFTER, ROUND_LASTS, Watching
from tests.fakes import FakeClock
from tests.idp.business.registering import CODE, NUMBER, OTHER_NUMBER, ToldRegister, code_of, company
from tests.idp.people.conftest import NOW, ON_EACH_DATABASE

pytestmark = ON_EACH_DATABASE
HOUR = 3600


@pytest.fixture
def watching(
    sessions: sessionmaker[Session], register: ToldRegister, organisations: Organisations, clock: FakeClock
) -> Watching:
    return Watching(sessions, register, organisations, clock, at_most=10, stopping=lambda: False)


def make_known(watching: Watching, register: ToldRegister, *registered: RegisteredOrganisation) -> None:
    """Each a second later than the one before, and known to the register as well."""
    with watching.sessions.begin() as session:
        for seconds, one in enumerate(registered):
            asked_at = NOW + timedelta(seconds=seconds)
            watching.organisations.keep(session, one, asked_at=asked_at, context=AuditContext(NOW))
            register.tell(one)


def companies(count: int) -> list[RegisteredOrganisation]:
    return [company(code_of(serial)) for serial in range(count)]


def changes(session: Session) -> list[tuple[str, str, str | None]]:
    query = select(AuditEvent).where(AuditEvent.name == "organisation_changed").order_by(AuditEvent.seq)
    payloads = [(json.loads(one.payload), one.actor) for one in session.scalars(query)]
    return [(payload["change"], payload["status"], actor) for payload, actor in payloads]


def test_a_revoked_licence_is_known_at_the_next_round(
    watching: Watching, register: ToldRegister, clock: FakeClock, session: Session
) -> None:
    make_known(watching, register, company())
    register.tell(company(status=OrganisationStatus.REVOKED))
    assert watching.round() == 0
    clock.advance(HOUR)
    assert [watching.round(), watching.round()] == [1, 0]
    row = find_by_code(session, CODE)
    assert row is not None
    assert (row.status, row.checked_at) == ("revoked", clock.now)
    assert changes(session) == [("status", "revoked", "worker")]


def test_another_legal_representative_is_known_at_the_next_round(
    watching: Watching, register: ToldRegister, clock: FakeClock, session: Session
) -> None:
    make_known(watching, register, company())
    register.tell(company(representative=LegalRepresentative("李四", OTHER_NUMBER)))
    clock.advance(HOUR)
    watching.round()
    assert changes(session) == [("legal_representative", "active", "worker")]
    assert watching.organisations.represented_by(session, NUMBER) == []
    assert len(watching.organisations.represented_by(session, OTHER_NUMBER)) == 1


def test_events_tell_no_names_and_no_numbers(
    watching: Watching, register: ToldRegister, clock: FakeClock, session: Session
) -> None:
    make_known(watching, register, company())
    register.tell(company(name="李四小吃店", representative=LegalRepresentative("李四", OTHER_NUMBER)))
    clock.advance(HOUR)
    watching.round()
    for payload in session.scalars(select(AuditEvent.payload)):
        for secret in ("李四", "\\u674e", NUMBER, OTHER_NUMBER, CODE):
            assert secret not in payload


def test_the_register_forgets_one(
    watching: Watching, register: ToldRegister, clock: FakeClock, session: Session
) -> None:
    make_known(watching, register, company())
    register.says.clear()
    clock.advance(HOUR)
    assert watching.round() == 1
    assert changes(session) == [("status", "missing", "worker")]


def test_a_round_is_bounded_and_goes_on_with_those_who_wait_longest(
    watching: Watching, register: ToldRegister, clock: FakeClock
) -> None:
    all_of_them = companies(25)
    make_known(watching, register, *all_of_them)
    clock.advance(HOUR + 60)
    assert [watching.round() for _ in range(4)] == [10, 10, 5, 0]
    assert register.asked == [one.code for one in all_of_them]


def test_a_silent_register_is_asked_once_a_round(
    watching: Watching, register: ToldRegister, clock: FakeClock, session: Session
) -> None:
    make_known(watching, register, *companies(3))
    register.silent_about = set(register.says)
    clock.advance(HOUR + 60)
    assert watching.round() == 0
    assert len(register.asked) == 1
    row = find_by_code(session, register.asked[0])
    assert row is not None
    # What is known stays what the register said last, and says when that was.
    assert (row.status, row.checked_at) == ("active", NOW)
    assert row.check_after == clock.now + RETRY_AFTER


def test_one_record_that_is_never_answered_for_holds_up_nobody(
    watching: Watching, register: ToldRegister, clock: FakeClock
) -> None:
    make_known(watching, register, *companies(5))
    register.silent_about = {code_of(0)}
    clock.advance(HOUR + 60)
    assert [watching.round(), watching.round()] == [0, 4]
    clock.advance(RETRY_AFTER.total_seconds())
    assert watching.round() == 0
    assert register.asked.count(code_of(0)) == 2


def test_a_slow_register_does_not_make_a_round_longer(
    watching: Watching, register: ToldRegister, clock: FakeClock
) -> None:
    make_known(watching, register, *companies(10))
    clock.advance(HOUR + 60)

    class Slow(ToldRegister):
        def look_up(self, code: str) -> RegisteredOrganisation | None:
            clock.advance(ROUND_LASTS.total_seconds() / 2)
            return register.look_up(code)

    assert replace(watching, register=Slow()).round() == 2


def test_a_worker_that_is_to_end_does_not_finish_the_round(
    watching: Watching, register: ToldRegister, clock: FakeClock
) -> None:
    make_known(watching, register, *companies(5))
    clock.advance(HOUR + 60)
    assert replace(watching, stopping=lambda: len(register.asked) == 2).round() == 2


def test_workers_share_a_round(watching: Watching, register: ToldRegister, clock: FakeClock) -> None:
    all_of_them = companies(9)
    make_known(watching, register, *all_of_them)
    clock.advance(HOUR + 60)
    with ThreadPoolExecutor(3) as pool:
        answered = list(pool.map(lambda _worker: watching.round(), range(3)))
    assert sum(answered) == 9
    assert sorted(register.asked) == sorted(one.code for one in all_of_them)
