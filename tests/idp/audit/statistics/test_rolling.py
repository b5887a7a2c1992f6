"""Counts are what a straight count over the log says: whatever the portions, however many count."""

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from threading import Event, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from idp.audit.following import AuditCursor, Follower, Overtaken
from idp.audit.statistics import rolling
from idp.audit.statistics.counting import MOST, OTHER, Kind, day_of, hour_of, tally
from idp.audit.statistics.models import AuditCount
from idp.audit.statistics.rebuilding import rebuild
from tests.idp.audit.statistics.conftest import KEPT, NOW, CountedLog, Written, signed_in

moments = st.integers(0, 3 * 86400).map(lambda second: NOW - timedelta(seconds=second))
clients = st.sampled_from(["hall", "tax", None])
events: st.SearchStrategy[Written] = st.one_of(
    st.tuples(moments, st.just("token_issued"), st.fixed_dictionaries({"client_id": clients})),
    st.tuples(moments, st.just("face_refused"), st.fixed_dictionaries({"reason": st.sampled_from("abc")})),
    st.tuples(moments, st.sampled_from(["signed_out", "face_checked"]), st.just({})),
    st.builds(signed_in, moments, st.integers(1, 4)),
)


def straight(written: list[Written]) -> Counter[tuple[str, int, int, str]]:
    """By another way than the counting itself goes, for the events above."""
    found: Counter[tuple[str, int, int, str]] = Counter()
    for at, name, said in written:
        facts = [("event", name)]
        if name == "token_issued" and said["client_id"]:
            facts += [("client_token", said["client_id"]), ("client_grant", f"{said['client_id']}:unknown")]
        if name == "face_checked":
            facts.append(("liveness", "live"))
        if name == "face_refused":
            facts += [("liveness", "refused"), ("gate", said["reason"])]
        if name == "signed_in":
            facts += [("level", str(said["level"])), *(("factor", one) for one in said["methods"])]
        for kind, value in facts:
            found[kind, 1, hour_of(at), value] += 1
            found[kind, 24, day_of(hour_of(at)), value] += 1
    return found


def emptied(counted: CountedLog) -> None:
    with counted.engine.begin() as connection:
        for table in ("audit_events", "audit_counts", "audit_cursors"):
            connection.execute(text(f"DELETE FROM {table}"))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.lists(events, max_size=40), portions=st.lists(st.integers(1, 17), min_size=1, max_size=4))
def test_counts_are_those_of_a_straight_count_whatever_the_portions(
    counted: CountedLog, written: list[Written], portions: list[int]
) -> None:
    emptied(counted)
    counted.write(*written) if written else None
    turn = 0
    while counted.statistics(events_at_once=portions[turn % len(portions)])._count_some():
        turn += 1
    assert counted.counts() == straight(written)
    assert rebuild(counted.engine, NOW, kept=KEPT) == len(written)
    assert counted.counts() == straight(written)


def test_of_many_values_the_same_are_told_apart_whatever_the_portions(counted: CountedLog) -> None:
    many = [(NOW, "token_issued", {"client_id": f"c{number % 230}"}) for number in range(700)]
    counted.write(*many)
    counted.count(events_at_once=7)
    by_small = counted.counts()
    assert by_small["client_token", 1, hour_of(NOW), OTHER] == 90
    assert sum(1 for kind, grain, *_ in by_small if (kind, grain) == ("client_token", 1)) == (
        MOST[Kind.CLIENT_TOKEN] + 1
    )
    assert rebuild(counted.engine, NOW, kept=KEPT) == 700
    assert counted.counts() == by_small


def test_workers_that_race_count_each_event_once(counted: CountedLog) -> None:
    written = [signed_in(NOW + timedelta(seconds=number), 1 + number % 4) for number in range(400)]
    counted.write(*written)

    def work() -> None:
        for _ in range(200):
            counted.statistics(events_at_once=9).round()

    workers = [Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    counted.count()
    assert counted.counts() == straight(written)


def test_who_is_killed_before_the_commit_has_counted_nothing(counted: CountedLog) -> None:
    counted.write(signed_in(), signed_in())
    batch = Follower(counted.engine, rolling.READER).next(10)
    assert batch is not None
    session = Session(counted.engine)
    Follower(counted.engine, rolling.READER).advance(session, batch)
    rolling.add(session, tally(batch.events))
    session.close()  # what a kill does to a transaction
    assert not counted.counts()
    assert counted.count() == 2
    assert counted.counts() == straight([signed_in(), signed_in()])


def test_who_finds_the_place_moved_keeps_nothing(
    counted: CountedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted.write(signed_in())
    slow = Follower(counted.engine, rolling.READER).next(10)
    assert slow is not None
    counted.count()
    counted.write(signed_in())
    monkeypatch.setattr(Follower, "next", lambda *_: slow)
    assert counted.statistics().round() == 0
    monkeypatch.undo()
    counted.count()
    assert counted.counts() == straight([signed_in(), signed_in()])


def test_a_rebuilding_beside_a_worker_loses_nothing_and_doubles_nothing(counted: CountedLog) -> None:
    counted.write(signed_in(), signed_in(level=3))
    counted.count()
    with Session(counted.engine) as session, session.begin():
        session.execute(delete(AuditCount).where(AuditCount.kind == "level"))  # harmed
    counted.write(signed_in(level=4))
    rebuild(counted.engine, NOW, kept=KEPT)
    counted.write(signed_in())
    counted.count()
    assert counted.counts() == straight([signed_in(), signed_in(level=3), signed_in(level=4), signed_in()])


def test_a_rebuilding_takes_the_place_of_a_worker_who_read_before(counted: CountedLog) -> None:
    counted.write(signed_in())
    read_before = Follower(counted.engine, rolling.READER).next(10)
    assert read_before is not None
    rebuild(counted.engine, NOW, kept=KEPT)
    with pytest.raises(Overtaken), Session(counted.engine) as session, session.begin():
        Follower(counted.engine, rolling.READER).advance(session, read_before)


def test_an_empty_log_is_rebuilt_to_nothing(counted: CountedLog) -> None:
    assert rebuild(counted.engine, NOW, kept=KEPT) == 0
    assert not counted.counts()


def test_old_counts_are_swept_and_old_events_not_counted(counted: CountedLog) -> None:
    counted.write(signed_in(NOW - KEPT + timedelta(hours=2)), signed_in(NOW - KEPT - timedelta(hours=2)))
    assert counted.count() == 2
    assert (
        sum(count for (kind, grain, *_), count in counted.counts().items() if (kind, grain) == ("level", 1))
        == 1
    )
    with Session(counted.engine) as session, session.begin():
        assert rolling.sweep(session, NOW + timedelta(days=2), kept=KEPT) > 0
    assert not counted.counts()
    with Session(counted.engine) as session:
        assert session.get(AuditCursor, rolling.READER) is not None


@pytest.mark.parametrize("delay", [0.02, 0.08, 0.2])
def test_a_worker_that_is_killed_at_any_moment_loses_nothing_and_doubles_nothing(
    counted: CountedLog, delay: float
) -> None:
    written = [signed_in(NOW + timedelta(seconds=number), 1 + number % 4) for number in range(1500)]
    counted.write(*written)
    url = counted.engine.url.render_as_string(hide_password=False)
    program = [sys.executable, "-m", "tests.idp.audit.statistics.killed", url, "7"]
    for _ in range(2):
        with subprocess.Popen(program, stdout=subprocess.PIPE) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            Event().wait(delay)
            worker.kill()
    counted.count()
    assert counted.counts() == straight(written)
