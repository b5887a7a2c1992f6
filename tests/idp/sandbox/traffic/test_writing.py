"""Into a real log: at the times that it tells of, in an order that can be proved; labelled."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, func, select, text

from idp.audit.following import Follower
from idp.audit.models import AuditEvent
from idp.audit.partitions import Months, partitions
from idp.audit.tree.sequencer import Sequencer
from idp.sandbox.traffic import writing
from idp.sandbox.traffic.generation import DRILL_KIND, Traffic
from idp.sandbox.traffic.town import Town
from idp.storage.base import Base
from idp.storage.database import open_database
from tests.fakes import FakeClock
from tests.idp.sandbox.traffic.towns import END, all_of, span, traffic

TABLES = ("audit_events", "audit_cursors", "audit_tree", "audit_leaves", "audit_subtrees", "audit_heads")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_database(database_url)
    Base.metadata.create_all(opened, [Base.metadata.tables[name] for name in TABLES])
    yield opened
    opened.dispose()


def test_the_past_is_written_as_it_was_in_groups(engine: Engine) -> None:
    made, groups = traffic(days=3), []
    writing.write(engine, made.parts(), groups.append)
    told = all_of(made)
    assert sum(groups) == len(told)
    assert max(groups) <= writing.GROUP
    with engine.connect() as connection:
        rows = connection.execute(select(AuditEvent.at, AuditEvent.name).order_by(AuditEvent.seq)).all()
    assert [tuple(row) for row in rows] == [(one.at, one.event.name) for one in told]


def test_labels_name_the_rows_of_each_attack(engine: Engine) -> None:
    made = Traffic(Town(7, 30), span(), ("spraying", "staff_snooping"), noise=("own_test",))
    ids = writing.write(engine, made.parts())
    read = [json.loads(line) for line in writing.labels(made.planted(), ids)]
    assert [one["kind"] for one in read] == [*["spraying"] * 4, *["staff_snooping"] * 4, DRILL_KIND]
    for one, planted in zip(read, made.planted(), strict=False):
        assert len(one["event_ids"]) == planted.events
        assert [one["subject_kind"], one["subject"]] == list(planted.subjects[0])
        rows = select(func.min(AuditEvent.at), func.max(AuditEvent.at), func.count())
        with engine.connect() as connection:
            found = connection.execute(rows.where(AuditEvent.id.in_(one["event_ids"]))).one()
        assert tuple(found) == (planted.begin, planted.end, planted.events)


def test_the_past_joins_the_tree_and_readers_behind_what_was_there(engine: Engine) -> None:
    """Its place in the log is now: written twice, it is folded and read twice, and nothing is lost."""
    sequencer, follower = Sequencer(engine, FakeClock(END)), Follower(engine, "a-reader")
    total = 0
    for _ in range(2):
        groups: list[int] = []
        writing.write(engine, traffic(days=2).parts(), groups.append)
        total += sum(groups)
        assert sequencer.round() == sum(groups)
        read = 0
        while batch := follower.next(5000):
            with engine.begin() as connection:
                follower.advance(connection, batch)
            read += len(batch.events)
        assert read == sum(groups)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(AuditEvent)) == total


def test_the_past_gets_its_months(postgres_url: str) -> None:
    """It falls into the default partition, and the worker's next round moves it to where it belongs."""
    engine = open_database(postgres_url)
    Base.metadata.create_all(engine, [Base.metadata.tables[name] for name in TABLES])
    groups: list[int] = []
    writing.write(engine, Traffic(Town(7, 10), span(70), noise=()).parts(), groups.append)
    months = Months(engine, FakeClock(END))
    months.round()
    with engine.begin() as connection:
        there = [one.name for one in partitions(connection)]
        left = connection.scalar(text("SELECT count(*) FROM audit_events_default"))
        kept = connection.scalar(text("SELECT count(*) FROM audit_events_2026_10"))
    assert {"audit_events_2026_09", "audit_events_2026_10", "audit_events_2026_11"} <= set(there)
    assert left == 0
    assert kept
    assert Sequencer(engine, FakeClock(END)).round() == sum(groups)
    engine.dispose()
