"""Sign-in sessions: new secrets, the same sid, levels that fade, expiries that hold."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import idp.models  # noqa: F401 - every table
from idp import session_clients, sessions, settings
from idp.crypto.digests import digest
from idp.people.models import Person, PersonStatus
from idp.session_clients import Notice, SessionClient
from idp.session_proofs import Proof, level_proved
from idp.sessions import ENDED_AT_ONCE, BrowserSession
from idp.storage.base import Base, new_id
from idp.storage.database import open_database
from idp.storage.outbox import OutboxMessage
from tests.fakes import FakeClock

PROTOCOL = settings.load({}).protocol
CLOCK = FakeClock()
NOW = CLOCK()


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path}/idp.db")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def person(session: Session) -> Person:
    person = Person(id=new_id(NOW), level=2, name_sealed=b"x", birth_date=date(1980, 1, 1), created_at=NOW)
    session.add(person)
    session.flush()
    return person


def password(at: datetime = NOW) -> Proof:
    return Proof("password", 2, at, ("pwd",))


def face(at: datetime = NOW) -> Proof:
    return Proof("face", 3, at, ("face",))


def test_only_the_digest_of_the_cookie_is_kept(session: Session, person: Person) -> None:
    opened, secret = sessions.open(session, person.id, password(), now=NOW, settings=PROTOCOL)
    assert sessions.find(session, secret, NOW) is opened
    assert sessions.find(session, "", NOW) is None
    assert sessions.find(session, opened.secret_digest, NOW) is None
    row = session.execute(select(BrowserSession.__table__)).one()
    assert secret not in str(row)
    assert row.secret_digest == digest(secret)


def test_a_further_proof_changes_the_secret_and_keeps_the_sid(session: Session, person: Person) -> None:
    opened, first = sessions.open(session, person.id, password(), now=NOW, settings=PROTOCOL)
    sid = opened.sid
    second = sessions.add_proof(session, opened, face(later(10)), now=later(10), settings=PROTOCOL)
    assert second != first
    assert sessions.find(session, first, later(10)) is None
    found = sessions.find(session, second, later(10))
    assert found is not None
    assert found.sid == sid
    assert [proof.method for proof in found.proofs] == ["password", "face"]
    sessions.add_proof(session, found, face(later(99)), now=later(99), settings=PROTOCOL)
    assert [proof.at for proof in found.proofs] == [NOW, later(99)]


def test_a_session_ends_idle_or_absolute(session: Session, person: Person) -> None:
    idle, absolute = PROTOCOL.session_idle_seconds, PROTOCOL.session_absolute_seconds
    _, secret = sessions.open(session, person.id, password(), now=NOW, settings=PROTOCOL)
    assert sessions.find(session, secret, later(idle - 1)) is not None
    assert sessions.find(session, secret, later(idle)) is None
    for seconds in range(0, absolute + idle, idle - 60):
        found = sessions.find(session, secret, later(seconds))
        assert (found is not None) == (seconds < absolute), seconds
        if found is not None:
            sessions.touch(session, found, later(seconds), PROTOCOL)
            session.refresh(found)


def test_use_is_written_once_a_minute(session: Session, person: Person) -> None:
    opened, _ = sessions.open(session, person.id, password(), now=NOW, settings=PROTOCOL)
    assert not sessions.touch(session, opened, later(59), PROTOCOL)
    assert sessions.touch(session, opened, later(60), PROTOCOL)


def test_sign_in_tells_the_facts_of_an_active_account_alone(
    session: Session, engine: Engine, person: Person
) -> None:
    opened, secret = sessions.open(session, person.id, password(), now=NOW, settings=PROTOCOL)
    sessions.add_proof(session, opened, face(later(5)), now=later(5), settings=PROTOCOL)
    secret = sessions.add_proof(session, opened, password(later(9)), now=later(9), settings=PROTOCOL)
    session.commit()
    with engine.connect() as connection:
        facts = sessions.sign_in(connection, secret, later(9))
        assert facts is not None
        assert (facts.sid, facts.person_id, facts.account_level) == (opened.sid, person.id, 2)
        assert facts.authenticated_at == later(9)
        assert facts.amr == ("face", "pwd")
        assert facts.level(later(9), 900) == sessions.level_of(opened, person, later(9), PROTOCOL) == 3
        assert sessions.sign_in(connection, "", NOW) is None
        assert sessions.sign_in(connection, secret, later(3700)) is None
    person.status = PersonStatus.FROZEN
    session.commit()
    with engine.connect() as connection:
        assert sessions.sign_in(connection, secret, later(9)) is None


def test_sessions_are_ended_one_by_one_or_all_but_one(session: Session, person: Person) -> None:
    opened = [
        sessions.open(session, person.id, password(), now=NOW, settings=PROTOCOL)[0].sid for _ in range(4)
    ]
    assert sessions.end(session, opened[0], NOW)
    assert not sessions.end(session, opened[0], NOW)
    assert sessions.end_all_of(session, person.id, NOW, but=opened[1]) == 2
    assert sessions.end_all_of(session, person.id, NOW) == 1


def test_what_is_over_is_swept(session: Session, person: Person) -> None:
    sessions.open(session, person.id, password(), now=NOW, settings=PROTOCOL)
    assert sessions.sweep(session, later(3599)) == 0
    assert sessions.sweep(session, later(3600)) == 1


def entered(engine: Engine, session: Session, secret: str, *client_ids: str, at: datetime = NOW) -> None:
    with engine.connect() as connection:
        found = sessions.sign_in(connection, secret, at)
    assert found is not None
    for client_id in client_ids:
        assert sessions.enter(session, found, client_id, at, PROTOCOL)
    session.commit()


def notices(session: Session) -> list[tuple[str, str]]:
    """sid and client of what waits in the outbox."""
    found = [Notice.read(message.payload) for message in session.scalars(select(OutboxMessage))]
    return sorted((notice.sid, notice.client_id) for notice in found)


def test_a_client_is_noted_once_and_seen_by_the_next_request(
    engine: Engine, session: Session, person: Person
) -> None:
    opened, secret = sessions.open(session, person.id, password(), now=NOW, settings=PROTOCOL)
    session.commit()
    entered(engine, session, secret, "hall", "hall", "tax")
    assert session_clients.of_session(session, opened.sid) == ["hall", "tax"]
    session.commit()
    with engine.connect() as connection:
        knows = {
            client_id: sessions.sign_in(connection, secret, NOW, client_id).has_entered  # type: ignore[union-attr]
            for client_id in ("hall", "tax", "spa", "")
        }
    assert knows == {"hall": True, "tax": True, "spa": False, "": False}


def test_entering_is_a_use_of_the_session(engine: Engine, session: Session, person: Person) -> None:
    _, secret = sessions.open(session, person.id, password(), now=NOW, settings=PROTOCOL)
    session.commit()
    entered(engine, session, secret, "hall", at=later(3599))
    assert sessions.sweep(session, later(3600)) == 0


def test_nobody_enters_a_session_that_has_ended(engine: Engine, session: Session, person: Person) -> None:
    opened, secret = sessions.open(session, person.id, password(), now=NOW, settings=PROTOCOL)
    session.commit()
    with engine.connect() as connection:
        found = sessions.sign_in(connection, secret, NOW)
    assert found is not None
    assert sessions.end(session, opened.sid, NOW)
    assert not sessions.enter(session, found, "hall", NOW, PROTOCOL)
    assert notices(session) == []


def test_every_end_tells_the_clients_of_that_session(
    engine: Engine, session: Session, person: Person
) -> None:
    sids = []
    for _ in range(3):
        opened, secret = sessions.open(session, person.id, password(), now=NOW, settings=PROTOCOL)
        session.commit()
        entered(engine, session, secret, "hall", "tax")
        sids.append(opened.sid)
    one, other, last = sids
    sessions.leave(session, person.id, "tax", NOW)
    left = [(sid, "tax") for sid in sids]
    assert notices(session) == sorted(left)
    sessions.end(session, one, NOW)
    assert notices(session) == sorted([*left, (one, "hall")])
    sessions.end_all_of(session, person.id, NOW, but=last)
    assert notices(session) == sorted([*left, (one, "hall"), (other, "hall")])
    sessions.sweep(session, later(3600))
    assert notices(session) == sorted(left + [(sid, "hall") for sid in sids])
    assert session.scalars(select(SessionClient)).all() == []


def test_more_sessions_than_one_statement_takes_are_swept(session: Session, person: Person) -> None:
    sids = [new_id(NOW) for _ in range(ENDED_AT_ONCE + 1)]
    for number, sid in enumerate(sids):
        session.add(
            BrowserSession(
                sid=sid,
                secret_digest=digest(str(number)),
                person_id=person.id,
                proofs_json=[],
                opened_at=NOW,
                last_used_at=NOW,
                expires_at=NOW,
            )
        )
    session.flush()
    session.add_all(SessionClient(sid=sid, client_id="hall") for sid in sids)
    session.flush()
    assert sessions.sweep(session, NOW) == ENDED_AT_ONCE + 1
    assert len(notices(session)) == ENDED_AT_ONCE + 1


proofs = st.lists(
    st.builds(lambda level, age: Proof("x", level, later(-age), ()), st.integers(1, 4), st.integers(0, 2000)),
    max_size=5,
)


@given(proofs, st.integers(1, 2), st.integers(1, 1000))
def test_no_level_is_above_what_was_proved_the_account_and_the_time(
    given: list[Proof], account_level: int, presence_seconds: int
) -> None:
    level = level_proved(given, account_level=account_level, now=NOW, presence_seconds=presence_seconds)
    assert level <= max((proof.level for proof in given), default=0)
    if account_level == 1:
        assert level <= 1
    if level >= 3:
        fresh = [p for p in given if NOW - p.at <= timedelta(seconds=presence_seconds)]
        assert level == max(proof.level for proof in fresh)


def act(
    engine: Engine, session: Session, secret: str, client_id: str, choice: str | None, at: datetime = NOW
) -> None:
    with engine.connect() as connection:
        found = sessions.sign_in(connection, secret, at)
    assert found is not None
    assert sessions.act(session, found, client_id, choice, at, PROTOCOL)
    session.commit()


def choices(engine: Engine, secret: str) -> tuple[str | None, str | None, str | None]:
    """At two clients, and where the person was last asked."""
    with engine.connect() as connection:
        hall, tax = (sessions.sign_in(connection, secret, NOW, client_id) for client_id in ("hall", "tax"))
        assert hall is not None
        assert tax is not None
        return hall.choice, tax.choice, session_clients.last_choice(connection, hall.sid)


def test_a_session_remembers_for_whom_the_person_acts_at_each_client(
    engine: Engine, session: Session, person: Person
) -> None:
    _, secret = sessions.open(session, person.id, password(), now=NOW, settings=PROTOCOL)
    session.commit()
    assert choices(engine, secret) == (None, None, None)
    entered(engine, session, secret, "hall")
    assert choices(engine, secret) == (None, None, None)
    act(engine, session, secret, "hall", "a mandate")
    act(engine, session, secret, "tax", session_clients.MYSELF, later(1))
    assert choices(engine, secret) == ("a mandate", session_clients.MYSELF, session_clients.MYSELF)
    act(engine, session, secret, "hall", "another", later(2))
    assert choices(engine, secret) == ("another", session_clients.MYSELF, "another")
    # Nobody asks there any more.
    act(engine, session, secret, "hall", None, later(3))
    assert choices(engine, secret) == (None, session_clients.MYSELF, session_clients.MYSELF)


def test_clients_leave_with_the_mandates_that_people_act_by(
    engine: Engine, session: Session, person: Person
) -> None:
    sids = []
    for number in range(3):
        opened, secret = sessions.open(session, person.id, password(), now=NOW, settings=PROTOCOL)
        session.commit()
        sids.append(opened.sid)
        act(engine, session, secret, "hall", ("one", "two", session_clients.MYSELF)[number])
        act(engine, session, secret, "tax", "three")
    sessions.leave_those_who_act(session, ["one", "two", "unknown"], NOW)
    session.commit()
    assert notices(session) == sorted([(sids[0], "hall"), (sids[1], "hall")])
    assert [session_clients.of_session(session, sid) for sid in sids] == [["tax"], ["tax"], ["hall", "tax"]]


def test_nobody_acts_in_a_session_that_has_ended(engine: Engine, session: Session, person: Person) -> None:
    opened, secret = sessions.open(session, person.id, password(), now=NOW, settings=PROTOCOL)
    session.commit()
    with engine.connect() as connection:
        found = sessions.sign_in(connection, secret, NOW)
    assert found is not None
    assert sessions.end(session, opened.sid, NOW)
    assert not sessions.act(session, found, "hall", "a mandate", NOW, PROTOCOL)
