"""With real threads. Nothing is waited for by the clock: a watched queue tells when somebody has come."""

from collections import Counter
from collections.abc import Callable
from threading import Barrier, Event, Lock, Semaphore, Thread

import pytest

from idp.login.factors.fair_queue import Caller, Entry, FairQueue
from idp.login.factors.turns import LONGEST_ANSWER_SECONDS, FaceBusy, Turns

PATIENCE = 20.0
"""Seconds after which a test that hangs fails."""


class WatchedQueue(FairQueue):
    def __init__(self, **bounds: int) -> None:
        super().__init__(**bounds)
        self.came = Semaphore(0)

    def overflowing(self) -> Entry | None:
        """Asked for each batch, once it has its place and whose turn it is was called."""
        self.came.release()
        return super().overflowing()

    def add_verdict(self) -> Entry:
        self.came.release()
        return super().add_verdict()


class Room:
    """An engine in which everybody stays until let go."""

    def __init__(self, *, at_once: int, places: int, longest_wait_seconds: float = PATIENCE) -> None:
        self.queue = WatchedQueue(at_once=at_once, waiting_at_most=places)
        self.time = 0.0
        self.turns = Turns(self.queue, longest_wait_seconds=longest_wait_seconds, monotonic=lambda: self.time)
        self.order: list[str] = []
        self.refused: list[tuple[str, int]] = []
        self.doors: dict[str, Event] = {}
        self.inside = Semaphore(0)
        self.threads: list[Thread] = []

    def send(self, name: str, browser: str = "", address: str = "", *, label: str = "") -> None:
        """A batch, up to where it is in the engine, in the queue or refused."""
        caller = Caller(name, browser or name, address or name)
        self._start(label or name, lambda: self.turns.batch(caller))
        assert self.queue.came.acquire(timeout=PATIENCE)

    def judge(self, label: str) -> None:
        self._start(label, self.turns.verdict)
        assert self.queue.came.acquire(timeout=PATIENCE)

    def let_go(self, label: str) -> None:
        self.doors[label].set()

    def next_inside(self) -> str:
        assert self.inside.acquire(timeout=PATIENCE)
        return self.order[-1]

    def close(self) -> None:
        for door in self.doors.values():
            door.set()
        for thread in self.threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def _start(self, label: str, turn: Callable[[], object]) -> None:
        door = self.doors[label] = Event()

        def work() -> None:
            try:
                with turn():  # type: ignore[attr-defined]
                    self.order.append(label)
                    self.inside.release()
                    assert door.wait(PATIENCE)
            except FaceBusy as busy:
                self.refused.append((label, busy.seconds))

        thread = Thread(target=work)
        self.threads.append(thread)
        thread.start()


def test_one_session_cannot_starve_another() -> None:
    room = Room(at_once=1, places=9)
    room.send("greedy", label="greedy 1")
    assert room.next_inside() == "greedy 1"
    room.send("greedy", label="greedy 2")
    room.send("modest")
    room.let_go("greedy 1")
    assert room.next_inside() == "modest"
    room.let_go("modest")
    assert room.next_inside() == "greedy 2"
    room.close()
    assert room.refused == []


def test_the_third_batch_of_a_session_is_refused_at_once() -> None:
    room = Room(at_once=2, places=9)
    room.send("greedy", label="1")
    room.next_inside()
    room.send("greedy", label="2")
    with pytest.raises(FaceBusy), room.turns.batch(Caller("greedy", "greedy", "greedy")):
        pytest.fail("it had a turn")
    room.close()
    assert room.order == ["1", "2"]


def test_a_crowd_at_one_address_makes_room_for_somebody_alone() -> None:
    room = Room(at_once=1, places=3)
    room.send("running")
    room.next_inside()
    for number in range(3):
        room.send(f"crowd {number}", address="one address")
    room.send("alone")
    room.threads[3].join(PATIENCE)
    assert [label for label, _ in room.refused] == ["crowd 2"]
    room.close()
    assert sorted(room.order) == ["alone", "crowd 0", "crowd 1", "running"]


def test_a_verdict_comes_between_batches() -> None:
    room = Room(at_once=1, places=9)
    room.send("a")
    room.next_inside()
    room.send("b")
    room.send("c")
    room.judge("verdict")
    room.let_go("a")
    assert room.next_inside() == "verdict"
    room.let_go("verdict")
    assert room.next_inside() == "b"
    room.close()


def test_who_waits_too_long_is_told_and_leaves_no_trace() -> None:
    room = Room(at_once=1, places=9, longest_wait_seconds=0.01)
    room.send("running")
    room.next_inside()
    room.send("impatient")
    room.threads[1].join(PATIENCE)
    assert [label for label, _ in room.refused] == ["impatient"]
    assert room.queue.waiting == 0
    room.close()


def test_when_to_come_again_follows_the_pace_of_the_queue() -> None:
    room = Room(at_once=2, places=2)
    for label in ("a", "b"):
        room.send(label)
        room.next_inside()
    room.send("c")
    room.send("d")
    room.send("quick")
    room.threads[-1].join(PATIENCE)
    room.time = 1.2
    room.send("slow")
    room.threads[-1].join(PATIENCE)
    room.time = 60.0
    room.send("stuck")
    room.threads[-1].join(PATIENCE)
    # Four are here, two at once: first by the guess, then by turns that last 1.2 seconds already.
    assert room.refused == [("quick", 1), ("slow", 3), ("stuck", LONGEST_ANSWER_SECONDS)]
    room.close()


def test_a_turn_that_fails_is_given_back() -> None:
    room = Room(at_once=1, places=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), room.turns.batch(Caller("a", "a", "a")):
            raise ValueError("broken")
    with pytest.raises(ValueError, match="broken"), room.turns.verdict():
        raise ValueError("broken")
    assert room.queue.running == room.queue.waiting == 0


def test_in_a_crush_of_threads_the_bounds_hold_and_everybody_gets_on() -> None:
    """Every session keeps two batches under way, as its page does, and asks again when it is refused."""
    at_once, sessions, batches = 2, 6, 25
    turns = Turns(
        FairQueue(at_once=at_once, waiting_at_most=4), longest_wait_seconds=PATIENCE, monotonic=lambda: 0.0
    )
    begin, lock = Barrier(2 * sessions + 1), Lock()
    inside: Counter[str] = Counter()
    most_inside, most_of_one, done = 0, 0, Counter[str]()

    def enter(name: str) -> None:
        nonlocal most_inside, most_of_one
        with lock:
            inside[name] += 1
            most_inside = max(most_inside, inside.total())
            most_of_one = max(most_of_one, inside[name] if name != "verdict" else 0)

    def leave(name: str) -> None:
        with lock:
            inside[name] -= 1
            done[name] += 1

    def page(name: str) -> None:
        begin.wait(PATIENCE)
        left = batches
        while left:
            try:
                with turns.batch(Caller(name, name, name)):
                    enter(name)
                    leave(name)
                    left -= 1
            except FaceBusy:
                continue

    def judging() -> None:
        begin.wait(PATIENCE)
        for _ in range(batches):
            with turns.verdict():
                enter("verdict")
                leave("verdict")

    threads = [Thread(target=page, args=(f"session {n // 2}",)) for n in range(2 * sessions)]
    threads.append(Thread(target=judging))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    assert most_inside <= at_once
    assert most_of_one == 1
    assert done == {f"session {n}": 2 * batches for n in range(sessions)} | {"verdict": batches}
