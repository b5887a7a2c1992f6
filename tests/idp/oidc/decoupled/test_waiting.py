"""A waiting request goes from pending to approved or denied, never back, and is fetched once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.crypto.digests import digest
from idp.oidc.decoupled import pace, waiting
from idp.oidc.decoupled.waiting import Status, WaitingRequest
from idp.oidc.token import codes, live_grants
from idp.storage.ephemeral.memory import MemoryStore
from tests.contracts.test_answer_race import ASKED
from tests.contracts.test_redeem_race import AUTHORIZATION, KEY
from tests.fakes import FakeClock

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
TOKEN_SECONDS = 600


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def store(clock: FakeClock) -> MemoryStore:
    return MemoryStore(clock)


def start(store: MemoryStore, **changes: int) -> tuple[str, WaitingRequest]:
    handle, made = waiting.start(
        store,
        KEY,
        ASKED,
        way="device",
        now=NOW,
        seconds=changes.get("seconds", 600),
        interval=5,
        details={"address": "192.0.2.1"},
    )
    found = waiting.find(store, made.id)
    assert found == made
    return handle, found


def approve(store: MemoryStore, found: WaitingRequest, now: datetime = NOW) -> bool:
    return waiting.approve(store, found, AUTHORIZATION, now, token_seconds=TOKEN_SECONDS)


def test_it_lies_under_the_digest_of_its_handle_and_knows_its_grant(store: MemoryStore) -> None:
    handle, found = start(store)
    assert found.id == found.request.answers_to == digest(handle)
    assert found.grant_id == codes.grant_id_of(KEY, handle)
    assert handle.encode() not in found.kept


def test_what_is_approved_is_there_with_its_grant_and_taken_once(store: MemoryStore) -> None:
    _handle, found = start(store)
    assert live_grants.find(store, found.grant_id) is None
    assert approve(store, found)
    after = waiting.find(store, found.id)
    assert after is not None
    assert after.authorization == AUTHORIZATION
    assert live_grants.find(store, found.grant_id) == codes.live_grant_of(AUTHORIZATION)
    assert [waiting.take(store, after) for _ in range(2)] == [True, False]
    assert waiting.find(store, found.id) is None


def test_an_answer_stands(store: MemoryStore) -> None:
    """Also against who still holds what it was before."""
    _handle, denied = start(store)
    assert waiting.deny(store, denied, NOW)
    _handle, approved = start(store)
    assert approve(store, approved)
    for before, status in ((denied, Status.DENIED), (approved, Status.APPROVED)):
        after = waiting.find(store, before.id)
        assert after is not None
        assert after.status is status
        for held in (before, after):
            assert not approve(store, held)
            assert not waiting.deny(store, held, NOW)
        assert waiting.find(store, before.id) == after
    assert live_grants.find(store, denied.grant_id) is None
    assert live_grants.find(store, approved.grant_id) is not None


def test_it_is_too_late_after_its_time_and_is_known_a_while_longer(
    store: MemoryStore, clock: FakeClock
) -> None:
    _handle, found = start(store, seconds=60)
    clock.advance(60)
    assert not approve(store, found, clock())
    assert not waiting.deny(store, found, clock())
    assert waiting.find(store, found.id) == found
    clock.advance(waiting.REMEMBERED_SECONDS)
    assert waiting.find(store, found.id) is None


def test_the_pace_is_the_interval_and_grows_by_five_seconds(store: MemoryStore) -> None:
    """RFC 8628 section 3.5."""
    _handle, found = start(store)

    def poll(seconds: float) -> bool:
        return pace.is_kept(store, found, NOW + timedelta(seconds=seconds))

    assert [poll(0), poll(5), poll(9.6)] == [True, True, True]
    assert not poll(11)
    assert not poll(20)
    assert poll(35)
    assert waiting.find(store, found.id) == found


@given(gaps=st.lists(st.integers(0, 90), max_size=40))
def test_who_waits_the_interval_that_they_were_told_is_never_told_to_slow_down(gaps: list[int]) -> None:
    """The client reckons as section 3.5 says; both sides stay of one mind."""
    clock = FakeClock(NOW)
    store = MemoryStore(clock)
    _handle, found = start(store, seconds=86_400)
    interval = found.interval
    assert pace.is_kept(store, found, clock())
    for gap in gaps:
        clock.advance(gap)
        if gap >= interval:
            assert pace.is_kept(store, found, clock())
        elif not pace.is_kept(store, found, clock()):
            interval += pace.SLOWER_BY_SECONDS


def test_its_request_comes_back_as_it_was(store: MemoryStore) -> None:
    asked = replace(ASKED, scopes=("openid", "profile"), acr_values=("urn:yitong:acr:3",), max_age=60)
    _handle, made = waiting.start(
        store, KEY, asked, way="device", now=NOW, seconds=60, interval=5, details={}
    )
    found = waiting.find(store, made.id)
    assert found is not None
    assert found.request == replace(asked, answers_to=made.id)
