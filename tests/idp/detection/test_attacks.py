"""What somebody does to blind detection: findings that push others out, and events of another time."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.protocol import GrantEnded
from idp.audit.events.proving import AuditVerified
from idp.audit.events.signing_in import SignInRefused
from idp.audit.fields import Event
from idp.crypto.digests import digest
from idp.detection.models import Alert
from idp.detection.rounds import LEASE_SECONDS
from tests.idp.detection.conftest import ON_EACH_DATABASE
from tests.idp.detection.test_rounds import LIMIT, Office, done, office

__all__ = ["office"]
pytestmark = ON_EACH_DATABASE
YEARS = timedelta(days=20 * 365)


def says(office: Office, *events: Event, shift: timedelta = timedelta(), address: str | None = None) -> None:
    context = AuditContext(office.clock() + shift, address=address)
    with Session(office.database) as session, session.begin():
        audit.record_all(session, [(event, context) for event in events])


def test_attack_a_storm_of_findings_pushes_another_one_out(office: Office) -> None:
    """Each of these is a finding by itself; what matters comes last."""
    storm = [GrantEnded(f"client-{number % 700}", "g", "refresh-token-reused") for number in range(1200)]
    says(office, *storm, AuditVerified(0, 5, 0, "changed"))
    done(office.worker(events_at_once=2000))
    with Session(office.database) as session:
        found = Counter(session.scalars(select(Alert.rule)))
        counts = session.scalars(select(Alert.count).where(Alert.rule == "refresh-token-reuse")).all()
    assert found["log-not-whole"] == 1
    # One for each of so many, with all that was found of it.
    assert found["refresh-token-reuse"] == 500
    assert set(counts) == {2}


def test_attack_one_event_of_the_future_makes_its_address_deaf(office: Office) -> None:
    """All that comes later seems to be older than any window."""
    address = "203.0.113.9"
    tried = SignInRefused("wrong", "password", tried=digest("x"))
    says(office, tried, shift=YEARS, address=address)
    done(office.worker())
    # Also after a start, which reads days of the log again.
    office.clock.advance(LEASE_SECONDS + 1)
    worker = office.worker()
    office.attack(LIMIT // 2, address=address)
    done(worker)
    office.clock.advance(LEASE_SECONDS + 1)
    office.attack(LIMIT, begin=100, address=address)
    done(office.worker())
    assert [subject for subject, _ in office.alerts()] == [address]


def test_attack_one_event_of_the_past_has_all_of_the_log_read_again(office: Office) -> None:
    """A start looks back from the last event that was read: of what it says it would be years."""
    office.attack(3)
    office.clock.advance(30 * 24 * 3600)
    office.attack(LIMIT // 2, begin=10)
    says(office, SignInRefused("wrong", "password"), shift=-YEARS)
    done(office.worker())
    office.clock.advance(LEASE_SECONDS + 1)
    office.attack(LIMIT - LIMIT // 2, begin=100)
    read: list[str] = []
    worker = office.worker()
    make = worker.make

    def watched() -> object:
        engine = make()
        restore = engine.restore
        engine.restore = lambda event, cleared: (read.append(event.id), restore(event, cleared))  # type: ignore
        return engine

    worker.make = watched  # type: ignore[assignment]
    done(worker)
    assert len(read) <= LIMIT // 2 + 1
    assert len(office.alerts()) == 1


def test_attack_one_event_of_infinity_stops_detection(office: Office) -> None:
    says(office, SignInRefused("wrong", "password", tried=digest("x")), address="203.0.113.9")
    endless = "infinity" if office.database.dialect.name == "postgresql" else "9999-12-31 23:59:59.999999"
    with office.database.begin() as connection:
        connection.execute(text("UPDATE audit_events SET at = :at"), {"at": endless})
    done(office.worker())
    office.clock.advance(LEASE_SECONDS + 1)
    office.attack(LIMIT)
    done(office.worker())
    assert len(office.alerts()) == 1
