from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.login.factors.fair_queue import NOBODY, Caller, Entry, FairQueue


def caller(session: str, browser: str = "", address: str = "") -> Caller:
    """A session in a browser of its own, at an address of its own, unless it says otherwise."""
    return Caller(session, browser or f"browser of {session}", address or f"address of {session}")


def add(queue: FairQueue, one: Caller) -> Entry:
    entry = queue.add_batch(one)
    assert entry is not None
    return entry


def served(queue: FairQueue, count: int) -> list[str]:
    """Whom the queue calls, one after another, each done before the next; a verdict is called `verdict`."""
    names = []
    for _ in range(count):
        for entry in queue.call_next():
            names.append(entry.caller.session or "verdict")
            queue.done(entry)
    return names


def test_as_many_are_called_as_may_be_served_at_once() -> None:
    queue = FairQueue(at_once=2, waiting_at_most=9)
    for name in "abc":
        add(queue, caller(name))
    first = queue.call_next()
    assert [entry.caller.session for entry in first] == ["a", "b"]
    assert queue.call_next() == []
    queue.done(first[0])
    assert [entry.caller.session for entry in queue.call_next()] == ["c"]


def test_a_session_has_one_batch_in_the_engine_and_one_that_waits() -> None:
    queue = FairQueue(at_once=2, waiting_at_most=9)
    add(queue, caller("a"))
    (running,) = queue.call_next()
    add(queue, caller("a"))
    assert queue.add_batch(caller("a")) is None
    assert queue.call_next() == []
    add(queue, caller("b"))
    assert [entry.caller.session for entry in queue.call_next()] == ["b"]
    queue.done(running)
    assert [entry.caller.session for entry in queue.call_next()] == ["a"]


def test_who_has_had_a_turn_goes_behind_who_waits() -> None:
    queue = FairQueue(at_once=1, waiting_at_most=9)
    add(queue, caller("a"))
    (running,) = queue.call_next()
    add(queue, caller("a"))
    add(queue, caller("b"))
    queue.done(running)
    assert served(queue, 2) == ["b", "a"]


def test_a_browser_with_many_sessions_has_one_browsers_turns() -> None:
    queue = FairQueue(at_once=1, waiting_at_most=99)
    for number in range(6):
        add(queue, caller(f"many-{number}", browser="many"))
    add(queue, caller("b"))
    add(queue, caller("c"))
    assert served(queue, 8) == ["many-0", "b", "c", "many-1", "many-2", "many-3", "many-4", "many-5"]


def test_verdicts_and_batches_take_turns() -> None:
    queue = FairQueue(at_once=1, waiting_at_most=9)
    for name in "ab":
        add(queue, caller(name))
    for _ in range(3):
        queue.add_verdict()
    assert served(queue, 5) == ["verdict", "a", "verdict", "b", "verdict"]


def test_a_verdict_needs_no_place() -> None:
    queue = FairQueue(at_once=1, waiting_at_most=1)
    add(queue, caller("running"))
    queue.call_next()
    add(queue, caller("waiting"))
    for _ in range(5):
        queue.add_verdict()
    assert queue.overflowing() is None
    assert queue.waiting == 6


def full(*waiting: Caller) -> FairQueue:
    queue = FairQueue(at_once=1, waiting_at_most=len(waiting))
    add(queue, caller("running"))
    queue.call_next()
    for one in waiting:
        add(queue, one)
    assert queue.overflowing() is None
    return queue


def test_who_holds_most_of_a_full_queue_makes_room() -> None:
    crowd = [caller(f"crowd-{number}", address="crowd") for number in range(3)]
    queue = full(crowd[0], caller("b"), crowd[1], crowd[2])
    add(queue, caller("newcomer"))
    pushed_out = queue.overflowing()
    assert pushed_out is not None
    assert pushed_out.caller == crowd[2]


def test_who_would_hold_the_most_is_the_one_to_go() -> None:
    queue = full(caller("a"), caller("b"), caller("c", address="crowd"))
    newest = add(queue, caller("d", address="crowd"))
    assert queue.overflowing() is newest


def test_among_equals_the_newest_goes() -> None:
    queue = full(caller("a"), caller("b"))
    newest = add(queue, caller("c"))
    assert queue.overflowing() is newest


def test_who_is_forgotten_is_called_no_more() -> None:
    queue = full(caller("a"), caller("b"))
    queue.forget(add(queue, caller("c")))
    queue.forget(Entry(caller("unknown")))
    assert queue.waiting == 2
    assert NOBODY.browser == ""


steps = st.lists(
    st.one_of(
        st.tuples(st.just("batch"), st.integers(0, 7)),
        st.tuples(st.just("verdict"), st.just(0)),
        st.tuples(st.just("done"), st.integers(0, 3)),
    ),
    max_size=80,
)


@given(steps, st.integers(1, 3), st.integers(1, 4))
def test_the_bounds_hold_whatever_happens(steps: list[tuple[str, int]], at_once: int, places: int) -> None:
    queue = FairQueue(at_once=at_once, waiting_at_most=places)
    running: list[Entry] = []
    added = called = pushed_out = 0
    for what, number in steps:
        if what == "batch":
            one = caller(f"s{number}", browser=f"b{number // 2}", address=f"a{number // 4}")
            added += queue.add_batch(one) is not None
        elif what == "verdict":
            added += 1
            queue.add_verdict()
        elif number < len(running):
            queue.done(running.pop(number))
        now = queue.call_next()
        called += len(now)
        running += now
        if (over := queue.overflowing()) is not None:
            queue.forget(over)
            pushed_out += 1
        assert queue.overflowing() is None
        assert len(running) == queue.running <= at_once
        sessions = Counter(entry.caller.session for entry in running if entry.caller is not NOBODY)
        assert max(sessions.values(), default=0) <= 1
        assert added == called + queue.waiting + pushed_out
    for _ in range(added):
        while running:
            queue.done(running.pop())
        running += queue.call_next()
    assert queue.waiting == 0


@pytest.mark.parametrize("crowd", [2, 10, 50])
def test_somebody_alone_waits_for_one_turn_however_many_sessions_another_browser_has(crowd: int) -> None:
    queue = FairQueue(at_once=1, waiting_at_most=99)
    for number in range(crowd):
        add(queue, caller(f"crowd-{number}", browser="crowd", address="crowd"))
    queue.done(queue.call_next()[0])
    add(queue, caller("alone"))
    assert "alone" in served(queue, 2)
