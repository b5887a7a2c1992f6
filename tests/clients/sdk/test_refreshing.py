"""Fresh tokens for many: one request to the provider, and no rotated token is ever lost."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from clients.sdk import (
    FreshTokens,
    NotSignedIn,
    ProviderUnreachable,
    SignInRefused,
    Store,
    StoreBroken,
    Tokens,
)
from clients.sdk.refreshing import CLAIM_SECONDS, LEEWAY_SECONDS
from clients.sdk.sql_store import SCHEMA, sql_store
from clients.sdk.store import in_memory, key_of
from tests.fakes import FakeClock

OVER = Tokens("access-0", "Bearer", 0, "refresh-0")
THREADS = 20


@dataclass
class Rotating:
    """A token endpoint: each refresh token has one successor, which its predecessor still leads to."""

    clock: Callable[[], float]
    current: int = 0
    requests: int = 0
    fails: list[Exception] = field(default_factory=list)
    """What happens to the next requests, after the provider did its part."""
    before: Callable[[], None] = lambda: None
    revoked: list[Tokens] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refresh(self, held: Tokens) -> Tokens:
        with self.lock:
            self.requests += 1
            self.before()
            assert held.refresh_token is not None
            number = int(held.refresh_token.removeprefix("refresh-"))
            if number not in (self.current, self.current - 1):
                raise SignInRefused("invalid_grant", "It was used before.")
            self.current = number + 1
            if self.fails:
                raise self.fails.pop(0)
            return Tokens(
                f"access-{self.current}", "Bearer", int(self.clock()) + 600, f"refresh-{self.current}"
            )


@pytest.fixture
def now() -> FakeClock:
    return FakeClock()


@pytest.fixture
def provider(now: FakeClock) -> Rotating:
    return Rotating(lambda: now().timestamp())


def fresh(store: Store, provider: Rotating, **more: Callable[[float], None]) -> FreshTokens:
    return FreshTokens(store, provider.refresh, provider.revoked.append, clock=provider.clock, **more)


@pytest.fixture
def store() -> Store:
    return in_memory()


def away() -> ProviderUnreachable:
    return ProviderUnreachable("temporarily_unavailable")


def test_tokens_that_count_are_given_without_a_request(
    store: Store, provider: Rotating, now: FakeClock
) -> None:
    tokens = fresh(store, provider)
    tokens.keep("me", replace(OVER, expires_at=int(provider.clock()) + LEEWAY_SECONDS + 1))
    assert tokens.get("me").access_token == "access-0"
    now.advance(1)
    assert tokens.get("me").access_token == "access-1"
    assert provider.requests == 1


def test_twenty_threads_make_one_request(store: Store, provider: Rotating) -> None:
    tokens = fresh(store, provider)
    tokens.keep("me", OVER)
    together = threading.Barrier(THREADS)

    def get() -> str:
        together.wait()
        return tokens.get("me").access_token

    with ThreadPoolExecutor(THREADS) as pool:
        got = [one.result() for one in [pool.submit(get) for _ in range(THREADS)]]
    assert set(got) == {"access-1"}
    assert provider.requests == 1


@pytest.fixture
def table(tmp_path: Path) -> Callable[[], Store]:
    """A store for each process, over one database."""

    @contextmanager
    def connect() -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(tmp_path / "portal.db", timeout=30, isolation_level="IMMEDIATE")
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    with connect() as connection:
        for statement in SCHEMA:
            connection.execute(statement)
    return lambda: sql_store(connect, sqlite3.IntegrityError)


def test_twenty_processes_over_one_table_make_one_request(
    table: Callable[[], Store], provider: Rotating
) -> None:
    """Each `FreshTokens` knows nothing of the others, as processes do not: the claim alone keeps order."""
    fresh(table(), provider).keep("me", OVER)
    together = threading.Barrier(THREADS)

    def get() -> str:
        tokens = fresh(table(), provider)
        together.wait()
        return tokens.get("me").access_token

    with ThreadPoolExecutor(THREADS) as pool:
        got = [one.result() for one in [pool.submit(get) for _ in range(THREADS)]]
    assert set(got) == {"access-1"}
    assert provider.requests == 1


def test_one_person_does_not_wait_for_another(store: Store, provider: Rotating) -> None:
    tokens = fresh(store, provider)
    tokens.keep("me", OVER)
    tokens.keep("you", replace(OVER, expires_at=int(provider.clock()) + 600))
    seen: list[str] = []
    provider.before = lambda: seen.append(tokens.get("you").access_token)
    tokens.get("me")
    assert seen == ["access-0"]


def test_an_answer_that_was_lost_is_asked_for_once_more(store: Store, provider: Rotating) -> None:
    provider.fails = [away()]
    tokens = fresh(store, provider)
    tokens.keep("me", OVER)
    assert tokens.get("me").refresh_token == "refresh-1"
    assert provider.requests == 2


def test_a_provider_that_stays_away_loses_nothing(store: Store, provider: Rotating) -> None:
    provider.fails = [away(), away()]
    tokens = fresh(store, provider)
    tokens.keep("me", OVER)
    with pytest.raises(ProviderUnreachable):
        tokens.get("me")
    # The next one need not wait for a claim to run out.
    assert tokens.get("me").refresh_token == "refresh-1"


def test_while_one_refreshes_the_others_go_on_with_what_still_counts(
    store: Store, provider: Rotating
) -> None:
    tokens, elsewhere = fresh(store, provider), fresh(store, provider)
    tokens.keep("me", replace(OVER, expires_at=int(provider.clock()) + LEEWAY_SECONDS))
    seen: list[str] = []
    provider.before = lambda: seen.append(elsewhere.get("me").access_token)
    assert tokens.get("me").access_token == "access-1"
    assert seen == ["access-0"]


def test_a_claim_whose_owner_died_runs_out(store: Store, provider: Rotating, now: FakeClock) -> None:
    tokens = fresh(store, provider)
    tokens.keep("me", OVER)

    def die() -> None:
        raise SystemExit

    provider.before = die
    with pytest.raises(SystemExit):
        tokens.get("me")
    provider.before = lambda: None
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        now.advance(CLAIM_SECONDS / 2)

    assert fresh(store, provider, wait=wait).get("me").access_token == "access-1"
    assert len(waited) == 2


def test_a_grant_that_has_ended_is_not_asked_about_again(store: Store, provider: Rotating) -> None:
    provider.current = 5
    tokens = fresh(store, provider)
    tokens.keep("me", OVER)
    for _ in range(2):
        with pytest.raises(NotSignedIn):
            tokens.get("me")
    assert provider.requests == 1


def test_a_client_that_is_refused_keeps_its_tokens(store: Store, provider: Rotating) -> None:
    provider.fails = [SignInRefused("invalid_client")]
    tokens = fresh(store, provider)
    tokens.keep("me", OVER)
    with pytest.raises(SignInRefused):
        tokens.get("me")
    assert tokens.get("me").refresh_token == "refresh-1"


def test_without_a_refresh_token_the_access_token_counts_to_its_end(
    store: Store, provider: Rotating, now: FakeClock
) -> None:
    tokens = fresh(store, provider)
    tokens.keep("me", replace(OVER, refresh_token=None, expires_at=int(provider.clock()) + 5))
    assert tokens.get("me").access_token == "access-0"
    now.advance(5)
    with pytest.raises(NotSignedIn):
        tokens.get("me")
    assert provider.requests == 0


def test_who_signs_out_while_a_refresh_is_under_way_stays_signed_out(
    store: Store, provider: Rotating
) -> None:
    tokens = fresh(store, provider)
    tokens.keep("me", OVER)
    provider.before = lambda: tokens.forget("me") and None
    with pytest.raises(NotSignedIn):
        tokens.get("me")
    assert [one.refresh_token for one in provider.revoked] == ["refresh-1"]
    with pytest.raises(NotSignedIn):
        tokens.get("me")


def test_a_successor_that_could_not_be_stored_is_stored_by_the_next_call(provider: Rotating) -> None:
    memory, broken = in_memory(), [False]

    def put(key: str, before: str | None, after: str | None, seconds: int) -> bool:
        if broken[0] and after is not None and "access-1" in after:
            raise OSError("the database is away")
        return memory.replace(key, before, after, seconds)

    tokens = fresh(Store(memory.load, put), provider)
    tokens.keep("me", OVER)
    broken[0] = True
    assert tokens.get("me").access_token == "access-1"
    with pytest.raises(OSError, match="away"):
        tokens.get("me")
    broken[0] = False
    assert tokens.get("me").access_token == "access-1"
    assert provider.requests == 1
    assert "refresh-1" in str(memory.load(key_of("tokens", "me")))


def overtaken(provider: Rotating, quick: FreshTokens, now: FakeClock) -> None:
    """While one waits for its answer, its claim runs out and another one refreshes."""
    provider.before = lambda: None
    now.advance(CLAIM_SECONDS)
    provider.lock.release()
    quick.get("me")
    provider.lock.acquire()


def test_a_successor_that_another_process_got_meanwhile_is_not_undone(
    store: Store, provider: Rotating, now: FakeClock
) -> None:
    """A claim runs out, somebody else refreshes within the grace: both have the same successor."""
    slow, quick = fresh(store, provider), fresh(store, provider)
    slow.keep("me", OVER)

    provider.before = lambda: overtaken(provider, quick, now)
    assert slow.get("me").refresh_token == "refresh-1"
    assert provider.requests == 2
    assert provider.revoked == []


def test_who_comes_too_late_with_a_token_that_was_used_gets_what_its_user_has(
    store: Store, provider: Rotating, now: FakeClock
) -> None:
    """A claim runs out, somebody else refreshes, and the grace is over before the first one gets through."""
    slow, quick = fresh(store, provider), fresh(store, provider)
    slow.keep("me", OVER)

    def forget_its_grace() -> None:
        overtaken(provider, quick, now)
        provider.current += 1

    provider.before = forget_its_grace
    assert slow.get("me").refresh_token == "refresh-1"


def test_a_clock_that_was_set_back_stops_nobody(store: Store, provider: Rotating, now: FakeClock) -> None:
    tokens = fresh(store, provider)
    tokens.keep("me", OVER)

    def die() -> None:
        raise SystemExit

    provider.before = die
    now.advance(86_400)
    with pytest.raises(SystemExit):
        tokens.get("me")
    provider.before = lambda: None
    now.advance(-86_400)
    assert tokens.get("me").access_token == "access-1"


def test_what_could_not_be_stored_is_given_up_with_the_rest(provider: Rotating) -> None:
    memory = in_memory()

    def put(key: str, before: str | None, after: str | None, seconds: int) -> bool:
        if after is not None and "access-1" in after:
            raise OSError("the database is away")
        return memory.replace(key, before, after, seconds)

    tokens = fresh(Store(memory.load, put), provider)
    tokens.keep("me", OVER)
    tokens.get("me")
    left = tokens.forget("me")
    assert left is not None
    assert left.refresh_token == "refresh-1"
    with pytest.raises(NotSignedIn):
        tokens.get("me")


def test_what_the_store_holds_of_somebody_elses_is_not_taken_for_tokens(
    store: Store, provider: Rotating
) -> None:
    for junk in ("", "{}", "[1, 2, 3]", '["{}", 0, ""]', "[" * 5000):
        key = key_of("tokens", junk)
        assert store.replace(key, None, junk, 60)
        with pytest.raises(StoreBroken):
            fresh(store, provider).get(junk)
