"""One suite over every ephemeral store: what they promise, lifetimes, and any history against a model."""

from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from idp.storage.ephemeral.memory import MemoryStore
from tests.contracts.stores import Place, place

__all__ = ["place"]


def test_put_get_and_delete(place: Place) -> None:
    store = place.store
    assert store.get("a") is None
    store.put("a", b"1", seconds=60)
    store.put("b", b"2", seconds=60)
    assert (store.get("a"), store.get("b")) == (b"1", b"2")
    store.put("a", b"3", seconds=60)
    assert store.get("a") == b"3"
    assert store.delete("a")
    assert not store.delete("a")
    assert store.get("a") is None
    assert store.get("b") == b"2"


def test_any_bytes_and_any_text_are_kept(place: Place) -> None:
    every_byte = bytes(range(256))
    for key in ("code:{abc}:1", "键 {", "a" * 500):
        place.store.put(key, every_byte, seconds=60)
        assert (
            place.store.append(key, every_byte[::-1], limit=512, seconds=60) == every_byte + every_byte[::-1]
        )
        assert place.store.replace(key, every_byte + every_byte[::-1], b"", seconds=60)
        assert place.store.take(key) == b""


def test_what_is_put_together_is_all_there_and_the_last_of_a_key_counts(place: Place) -> None:
    place.store.put_all(("a", b"1", 60), ("b", b"2", 60), ("a", b"3", 60), ("c", b"4", 10))
    assert [place.store.get(key) for key in "abc"] == [b"3", b"2", b"4"]
    place.advance(30)
    assert [place.store.get(key) for key in "abc"] == [b"3", b"2", None]


def test_take_gives_the_value_once(place: Place) -> None:
    place.store.put("a", b"1", seconds=60)
    assert place.store.take("a") == b"1"
    assert place.store.take("a") is None
    assert place.store.get("a") is None


def test_add_once_refuses_a_second_value(place: Place) -> None:
    assert place.store.add_once("a", b"1", seconds=60)
    assert not place.store.add_once("a", b"2", seconds=60)
    assert place.store.get("a") == b"1"
    place.store.take("a")
    assert place.store.add_once("a", b"3", seconds=60)


def test_replace_needs_the_old_value(place: Place) -> None:
    assert not place.store.replace("a", b"", b"1", seconds=60)
    place.store.put("a", b"1", seconds=60)
    assert not place.store.replace("a", b"0", b"2", seconds=60)
    assert place.store.replace("a", b"1", b"2", seconds=60)
    assert place.store.get("a") == b"2"


def test_append_joins_up_to_the_limit(place: Place) -> None:
    append = place.store.append
    assert append("a", b"12345", limit=4, seconds=60) is None
    assert place.store.get("a") is None
    assert append("a", b"12", limit=4, seconds=60) == b"12"
    assert append("a", b"345", limit=4, seconds=60) is None
    assert append("a", b"34", limit=4, seconds=60) == b"1234"
    assert append("a", b"", limit=4, seconds=60) == b"1234"
    assert place.store.get("a") == b"1234"


def test_increment_counts_from_one(place: Place) -> None:
    assert [place.store.increment("n", seconds=60) for _ in range(11)] == list(range(1, 12))
    assert place.store.get("n") == b"11"


def test_values_expire_and_count_as_absent(place: Place) -> None:
    store = place.store
    for key in ("get", "take", "add", "replace", "delete"):
        store.put(key, b"1", seconds=60)
    place.advance(59)
    assert store.get("get") == b"1"
    place.advance(2)
    assert store.get("get") is None
    assert store.take("take") is None
    assert not store.delete("delete")
    assert not store.replace("replace", b"1", b"2", seconds=60)
    assert store.add_once("add", b"2", seconds=60)
    assert store.get("add") == b"2"


def test_a_new_value_has_a_new_lifetime(place: Place) -> None:
    store = place.store
    store.put("put", b"1", seconds=60)
    store.put("replace", b"1", seconds=60)
    place.advance(40)
    store.put("put", b"2", seconds=60)
    store.replace("replace", b"1", b"2", seconds=60)
    place.advance(40)
    assert (store.get("put"), store.get("replace")) == (b"2", b"2")


def test_append_and_increment_keep_the_lifetime_of_the_first(place: Place) -> None:
    store = place.store
    store.append("text", b"1", limit=9, seconds=60)
    store.increment("count", seconds=60)
    place.advance(40)
    assert store.append("text", b"2", limit=9, seconds=60) == b"12"
    assert store.increment("count", seconds=60) == 2
    place.advance(30)
    assert (store.get("text"), store.get("count")) == (None, None)
    assert store.append("text", b"3", limit=9, seconds=60) == b"3"
    assert store.increment("count", seconds=60) == 1
    place.advance(50)
    assert (store.get("text"), store.get("count")) == (b"3", b"1")


def test_an_expired_value_leaves_its_room_to_append(place: Place) -> None:
    place.store.append("a", b"1234", limit=4, seconds=60)
    place.advance(61)
    assert place.store.append("a", b"5678", limit=4, seconds=60) == b"5678"


def test_sweep_drops_what_expired_and_nothing_else(place: Place) -> None:
    for number in range(5):
        place.store.put(f"old:{number}", b"1", seconds=10)
    place.store.put("new", b"1", seconds=100)
    place.advance(11)
    assert place.store.sweep() == (0 if place.servers else 5)
    assert place.store.sweep() == 0
    assert place.store.get("new") == b"1"


def test_a_lifetime_below_a_second_is_refused(place: Place) -> None:
    calls: list[Callable[[], object]] = [
        lambda: place.store.put("a", b"", seconds=0),
        lambda: place.store.add_once("a", b"", seconds=0),
        lambda: place.store.append("a", b"", limit=1, seconds=-1),
        lambda: place.store.increment("a", seconds=0),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="one second"):
            call()


KEY = st.sampled_from(["a", "b", "{c}1"])
VALUE = st.binary(max_size=4)
SECONDS = st.integers(1, 100)


def machine_of(place: Place) -> type[RuleBasedStateMachine]:
    """Any sequence of commands gives the same answers as the plain dictionary."""
    runs = count()

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.model = MemoryStore(place.clock)
            self.prefix = f"{next(runs)}:"

        def same(self, command: str, key: str, *arguments: object, **named: object) -> None:
            expected = getattr(self.model, command)(self.prefix + key, *arguments, **named)
            assert getattr(place.store, command)(self.prefix + key, *arguments, **named) == expected

        @rule(key=KEY, value=VALUE, seconds=SECONDS)
        def put(self, key: str, value: bytes, seconds: int) -> None:
            self.same("put", key, value, seconds=seconds)

        @rule(key=KEY, other=KEY, value=VALUE, seconds=SECONDS)
        def put_all(self, key: str, other: str, value: bytes, seconds: int) -> None:
            entries = ((self.prefix + key, value, seconds), (self.prefix + other, value + b"!", seconds + 1))
            self.model.put_all(*entries)
            place.store.put_all(*entries)

        @rule(key=KEY)
        def get(self, key: str) -> None:
            self.same("get", key)

        @rule(key=KEY)
        def take(self, key: str) -> None:
            self.same("take", key)

        @rule(key=KEY, value=VALUE, seconds=SECONDS)
        def add_once(self, key: str, value: bytes, seconds: int) -> None:
            self.same("add_once", key, value, seconds=seconds)

        @rule(key=KEY, old=VALUE, new=VALUE, seconds=SECONDS)
        def replace(self, key: str, old: bytes, new: bytes, seconds: int) -> None:
            self.same("replace", key, old, new, seconds=seconds)

        @rule(key=KEY, new=VALUE, seconds=SECONDS)
        def replace_what_is_there(self, key: str, new: bytes, seconds: int) -> None:
            old = self.model.get(self.prefix + key) or b""
            self.same("replace", key, old, new, seconds=seconds)

        @rule(key=KEY, value=VALUE, limit=st.integers(0, 12), seconds=SECONDS)
        def append(self, key: str, value: bytes, limit: int, seconds: int) -> None:
            self.same("append", key, value, limit=limit, seconds=seconds)

        @rule(seconds=SECONDS)
        def increment(self, seconds: int) -> None:
            self.same("increment", "count", seconds=seconds)

        @rule(key=KEY)
        def delete(self, key: str) -> None:
            self.same("delete", key)

        @rule(seconds=st.integers(1, 60))
        def time_passes(self, seconds: int) -> None:
            # Half a second more, so that no real server's clock decides a tie.
            place.advance(seconds + 0.5 if place.servers else seconds)

    return Machine


def test_every_history_agrees_with_the_model(place: Place) -> None:
    slow = not place.url.startswith(("memory", "sqlite"))
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine_of(place),
        settings=settings(
            max_examples=25 if slow else 40,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
