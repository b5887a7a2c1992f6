"""Codes: once, in time, by the client they were made for, with the verifier of its challenge."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.crypto.digests import digest
from idp.oidc.errors import InvalidGrant
from idp.oidc.facts import Late
from idp.oidc.token import codes, live_grants
from idp.oidc.token.codes import Authorization, Presented, Spent
from idp.oidc.token.live_grants import LiveGrant
from idp.storage.ephemeral.memory import MemoryStore
from tests.fakes import FakeClock

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = b"k" * 32
VERIFIER = "a-._~" + "Z" * 40
AUTHORIZATION = Authorization(
    client_id="hall",
    redirect_uri="https://hall.example/callback",
    code_challenge=digest(VERIFIER),
    nonce="n",
    scopes=("openid", "profile"),
    person_id="0192f0c1-2345-7abc-8def-0123456789ab",
    consent_id="0192f0c1-2345-7abc-8def-000000000000",
    session_id="0192f0c1-2345-7abc-8def-111111111111",
    sub="sub",
    sid="sid",
    auth_time=1,
    acr="urn:yitong:acr:2",
    amr=("pwd", "face"),
    issued_at=int(NOW.timestamp()),
)
PRESENTED = Presented("hall", "https://hall.example/callback", VERIFIER)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def store(clock: FakeClock) -> MemoryStore:
    return MemoryStore(clock)


def issue(store: MemoryStore, authorization: Authorization = AUTHORIZATION) -> str:
    return codes.issue(store, KEY, authorization, seconds=60, token_seconds=600)[0]


def test_a_code_gives_back_what_it_stands_for(store: MemoryStore) -> None:
    code, grant_id = codes.issue(store, KEY, AUTHORIZATION, seconds=60, token_seconds=600)
    assert codes.redeem(store, KEY, code, PRESENTED, NOW) == (AUTHORIZATION, grant_id)
    assert live_grants.find(store, grant_id) == LiveGrant(
        AUTHORIZATION.person_id, AUTHORIZATION.consent_id, AUTHORIZATION.session_id
    )


def test_a_grant_knows_for_whom_the_person_acts(store: MemoryStore) -> None:
    for claims, nonce in (("", None), ("sealed", "n")):
        acting = replace(AUTHORIZATION, mandate_id="a mandate", claims=claims, nonce=nonce)
        code, grant_id = codes.issue(store, KEY, acting, seconds=60, token_seconds=600)
        assert live_grants.find(store, grant_id) == LiveGrant(
            *(acting.person_id, acting.consent_id, acting.session_id, claims, nonce),
            mandate_id="a mandate",
        )
        assert codes.redeem(store, KEY, code, PRESENTED, NOW)[0].mandate_id == "a mandate"


def test_the_store_never_sees_the_code(store: MemoryStore) -> None:
    code = issue(store)
    assert store.get(f"code:{code}") is None
    assert store.get(f"code:{digest(code)}") is not None


def test_a_replayed_code_ends_its_grant(store: MemoryStore) -> None:
    code = issue(store)
    _, grant_id = codes.redeem(store, KEY, code, PRESENTED, NOW)
    with pytest.raises(Spent) as replayed:
        codes.redeem(store, KEY, code, PRESENTED, NOW)
    assert replayed.value.grant_id == grant_id
    assert live_grants.find(store, grant_id) is None
    with pytest.raises(Spent) as again:
        codes.redeem(store, KEY, code, PRESENTED, NOW)
    assert not again.value.was_live
    assert str(again.value) == str(replayed.value)


def test_a_code_lives_for_its_seconds_and_its_grant_for_its_tokens(
    store: MemoryStore, clock: FakeClock
) -> None:
    late, in_time = issue(store), issue(store)
    clock.advance(59)
    _, grant_id = codes.redeem(store, KEY, in_time, PRESENTED, clock())
    clock.advance(4)
    with pytest.raises(InvalidGrant, match="not valid") as refused:
        codes.redeem(store, KEY, late, PRESENTED, clock())
    assert refused.value.fact == Late("code", 3, 60)
    assert live_grants.find(store, codes.grant_id_of(KEY, late)) is None
    clock.advance(595)
    assert live_grants.find(store, grant_id) is not None


@pytest.mark.parametrize(
    "presented",
    [
        replace(PRESENTED, client_id="tax"),
        replace(PRESENTED, redirect_uri="https://hall.example/callback/"),
        replace(PRESENTED, redirect_uri=None),
        replace(PRESENTED, code_verifier=None),
        replace(PRESENTED, code_verifier="Z" * 45),
        replace(PRESENTED, code_verifier=VERIFIER + "Z"),
        replace(PRESENTED, code_verifier=digest(VERIFIER)),
        replace(PRESENTED, code_verifier="short"),
        replace(PRESENTED, code_verifier="é" * 43),
        replace(PRESENTED, code_verifier="Z" * 129),
    ],
)
def test_a_code_that_fails_a_check_is_spent_and_its_grant_ended(
    store: MemoryStore, presented: Presented
) -> None:
    code = issue(store)
    with pytest.raises(InvalidGrant):
        codes.redeem(store, KEY, code, presented, NOW)
    with pytest.raises(InvalidGrant):
        codes.redeem(store, KEY, code, PRESENTED, NOW)
    assert live_grants.find(store, codes.grant_id_of(KEY, code)) is None


def test_a_verifier_without_a_challenge_is_a_downgrade(store: MemoryStore) -> None:
    without = replace(AUTHORIZATION, code_challenge=None)
    with pytest.raises(InvalidGrant, match="without"):
        codes.redeem(store, KEY, issue(store, without), PRESENTED, NOW)
    redeemed, _ = codes.redeem(store, KEY, issue(store, without), replace(PRESENTED, code_verifier=None), NOW)
    assert redeemed == without


@given(st.text(max_size=300))
def test_no_text_but_the_code_is_a_code(text: str) -> None:
    store = MemoryStore(FakeClock(NOW))
    issue(store)
    with pytest.raises(InvalidGrant):
        codes.redeem(store, KEY, text, PRESENTED, NOW)
