"""A reader that reads on: every event once, in order, whoever else reads under the same name."""

from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from idp.audit import record
from idp.audit.events.signing_in import SignedIn
from idp.audit.following import Follower, Overtaken
from idp.audit.models import AuditEvent
from idp.audit.paging import is_behind, is_settled
from idp.storage.base import Base
from idp.storage.database import open_database
from tests.idp.audit.test_log import PERSON
from tests.idp.audit.test_paging import at


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_database(database_url)
    tables = Base.metadata.tables
    Base.metadata.create_all(opened, [tables["audit_events"], tables["audit_cursors"]])
    with Session(opened) as session:
        for number in range(25):
            record(session, SignedIn(PERSON, f"c{number}", 1, ()), context=at(number))
        session.commit()
    yield opened
    opened.dispose()


def read(follower: Follower, at_most: int) -> list[str | None]:
    """All there is, a transaction a batch."""
    found: list[str | None] = []
    while batch := follower.next(at_most):
        with Session(follower.engine) as session, session.begin():
            follower.advance(session, batch)
        found += [one.client_id for one in batch.events]
    return found


@pytest.mark.parametrize("at_most", [1, 7, 25, 1000])
def test_every_event_comes_once_in_order(engine: Engine, at_most: int) -> None:
    follower = Follower(engine, "statistics")
    assert read(follower, at_most) == [f"c{number}" for number in range(25)]
    assert follower.next(at_most) is None
    with Session(engine) as session, session.begin():
        record(session, SignedIn(PERSON, "later", 1, ()), context=at(0))
    assert read(follower, at_most) == ["later"]


def test_readers_of_different_names_do_not_know_of_each_other(engine: Engine) -> None:
    assert len(read(Follower(engine, "one"), 10)) == 25
    assert len(read(Follower(engine, "other"), 10)) == 25


def test_a_place_moves_with_the_work_or_not_at_all(engine: Engine) -> None:
    follower = Follower(engine, "statistics")
    batch = follower.next(10)
    assert batch is not None
    with Session(engine) as session:
        follower.advance(session, batch)
        session.rollback()
    again = follower.next(10)
    assert again is not None
    assert again.events == batch.events


@pytest.mark.parametrize("begun", [False, True], ids=["the first batch", "a later batch"])
def test_who_was_overtaken_keeps_nothing(engine: Engine, begun: bool) -> None:
    follower = Follower(engine, "statistics")
    if begun and (batch := follower.next(3)):
        with Session(engine) as session, session.begin():
            follower.advance(session, batch)
    slow, fast = follower.next(5), follower.next(8)
    assert slow is not None
    assert fast is not None
    with Session(engine) as session, session.begin():
        follower.advance(session, fast)
    with Session(engine) as session, pytest.raises(Overtaken):
        follower.advance(session, slow)


def test_of_two_that_read_at_once_one_counts(engine: Engine) -> None:
    counted: list[int] = []
    start = Barrier(2)

    def race() -> None:
        follower = Follower(engine, "statistics")
        start.wait()
        while batch := follower.next(4):
            try:
                with Session(engine) as session, session.begin():
                    follower.advance(session, batch)
            except Overtaken:
                continue
            counted.append(len(batch.events))

    threads = [Thread(target=race) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(counted) == 25


def test_what_may_still_be_preceded_is_left_for_later(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    tables = Base.metadata.tables
    Base.metadata.create_all(engine, [tables["audit_events"], tables["audit_cursors"]])
    follower = Follower(engine, "statistics")
    with Session(engine) as early, Session(engine) as late:
        record(early, SignedIn(PERSON, "early", 1, ()), context=at(0))
        record(late, SignedIn(PERSON, "late", 1, ()), context=at(1))
        late.execute(text("SELECT 1"))
        late.commit()
        assert follower.next(10) is None
        early.commit()
    assert read(follower, 10) == ["early", "late"]
    engine.dispose()


def test_sqlite_goes_to_a_place_by_both_halves_of_it(tmp_path: Path) -> None:
    """By the first alone, which is 0 in every row, it would read all of the log for each batch."""
    engine = open_database(f"sqlite:///{tmp_path}/log.db")
    Base.metadata.create_all(engine, [Base.metadata.tables["audit_events"]])
    statement = select(AuditEvent.id).where(is_behind((0, 7), "sqlite"), is_settled("sqlite"))
    ordered = statement.order_by(AuditEvent.xid, AuditEvent.seq).limit(10)
    literal_text = ordered.compile(engine, compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        (plan,) = connection.execute(text(f"EXPLAIN QUERY PLAN {literal_text}"))
    assert "ix_audit_events_xid_seq (xid=? AND seq>?)" in plan[-1]
    engine.dispose()
