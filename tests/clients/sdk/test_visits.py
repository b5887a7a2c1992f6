"""Who is signed in at the portal, as the store knows it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clients.sdk import LogoutNotice, SignIn, Store, StoreBroken, Visits, in_memory
from clients.sdk.store import key_of
from clients.sdk.visits import IDLE_SECONDS, LONGEST_SECONDS, NOTED_SECONDS
from tests.fakes import FakeClock


@pytest.fixture
def now() -> FakeClock:
    return FakeClock()


@pytest.fixture
def writes() -> list[str]:
    return []


@pytest.fixture
def store(writes: list[str]) -> Store:
    memory = in_memory()

    def put(key: str, before: str | None, after: str | None, seconds: int) -> bool:
        writes.append(key.partition(":")[0])
        return memory.replace(key, before, after, seconds)

    return Store(memory.load, put)


@pytest.fixture
def visits(store: Store, now: FakeClock) -> Visits:
    return Visits(store, now)


def sign_in(now: FakeClock, sub: str = "p", sid: str = "s") -> SignIn:
    return SignIn({"sub": sub, "sid": sid, "name": "张三"}, "the.id.token", now(), "")


def test_what_is_found_is_what_was_started(visits: Visits, now: FakeClock) -> None:
    started = visits.start(sign_in(now))
    found = visits.find(started.id)
    assert found == started
    assert found is not None
    assert (found.sign_in.claims["name"], found.sign_in.received_at.tzinfo) == ("张三", UTC)
    assert visits.start(sign_in(now)).id != started.id


@pytest.mark.parametrize("visit_id", [None, "", "made-up", 5, ["x"], {"a": 1}])
def test_what_is_no_number_of_ours_finds_nobody(visits: Visits, visit_id: object) -> None:
    assert visits.find(visit_id) is None


def test_reading_the_store_gives_nobodys_session(store: Store, now: FakeClock) -> None:
    seen: list[str] = []
    keeping = Store(store.load, lambda *told: seen.append(str(told)) or store.replace(*told))
    visit = Visits(keeping, now).start(sign_in(now))
    assert visit.id not in "".join(seen)
    assert visit.id not in repr(visit)
    assert visit.csrf_token not in repr(visit)


def test_a_visit_ends_without_use_and_after_a_day(visits: Visits, now: FakeClock) -> None:
    idle, busy = visits.start(sign_in(now)), visits.start(sign_in(now))
    for _ in range(LONGEST_SECONDS // (IDLE_SECONDS // 2) - 1):
        now.advance(IDLE_SECONDS // 2)
        assert visits.find(busy.id) is not None
    assert visits.find(idle.id) is None
    now.advance(IDLE_SECONDS // 2)
    assert visits.find(busy.id) is None


def test_using_it_writes_once_a_minute(visits: Visits, now: FakeClock, writes: list[str]) -> None:
    visit = visits.start(sign_in(now))
    writes.clear()
    for _ in range(10):
        now.advance(NOTED_SECONDS / 10)
        visits.find(visit.id)
    assert writes == ["visit"]


def test_a_notice_ends_every_visit_of_its_session_or_person(visits: Visits, now: FakeClock) -> None:
    one, same, other = (visits.start(sign_in(now, sid=sid)) for sid in ("s", "s", "t"))
    visits.end_told(LogoutNotice("p", "s"))
    assert [visits.find(visit.id) is None for visit in (one, same, other)] == [True, True, False]
    visits.end_told(LogoutNotice("p", None))
    assert visits.find(other.id) is None
    now.advance(1)
    # A person comes back, a session does not.
    assert visits.find(visits.start(sign_in(now, sid="u")).id) is not None
    assert visits.find(visits.start(sign_in(now, sid="s")).id) is None
    visits.end_told(LogoutNotice(None, None))


def test_attack_a_notice_that_came_before_its_session_reached_us(visits: Visits, now: FakeClock) -> None:
    visits.end_told(LogoutNotice("p", "late"))
    now.advance(5)
    assert visits.find(visits.start(sign_in(now, sid="late")).id) is None


def test_an_end_that_comes_while_use_is_noted_stays_one(store: Store, now: FakeClock) -> None:
    memory = store
    visits = Visits(memory, now)
    visit = visits.start(sign_in(now))
    now.advance(NOTED_SECONDS)

    def end_first(*told: object) -> bool:
        visits.end(visit.id)
        return memory.replace(*told)  # type: ignore[arg-type]

    slow = Visits(replace(memory, replace=end_first), now)
    assert slow.find(visit.id) is not None
    assert visits.find(visit.id) is None


def test_what_is_not_a_visit_is_said_to_be_broken(store: Store, visits: Visits) -> None:
    for junk in ("", "5", "{}", '{"claims": {}}', '{"claims": {"sub": "p"}, "received_at": 1e99}'):
        store.replace(key_of("visit", junk or "x"), None, junk, 60)
        with pytest.raises(StoreBroken):
            visits.find(junk or "x")


def test_time_zones_do_not_matter(visits: Visits, now: FakeClock) -> None:
    found = visits.find(visits.start(sign_in(now)).id)
    assert found is not None
    assert found.sign_in.received_at == now() == datetime.fromtimestamp(found.seen_at, UTC)
