"""A code is redeemed once, whoever comes at the same time: threads and processes, on every store."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from idp.crypto.digests import digest
from idp.oidc.errors import InvalidGrant
from idp.oidc.token import codes, live_grants
from idp.oidc.token.codes import Authorization, Presented
from tests.contracts.racing import winners
from tests.contracts.stores import Place, place

__all__ = ["place"]

NOW = datetime.fromtimestamp(1, UTC)
KEY = b"k" * 32
VERIFIER = "v" * 43
AUTHORIZATION = Authorization(
    client_id="hall",
    redirect_uri="https://hall.example/callback",
    code_challenge=digest(VERIFIER),
    nonce=None,
    scopes=("openid",),
    person_id="0192f0c1-2345-7abc-8def-0123456789ab",
    consent_id="0192f0c1-2345-7abc-8def-000000000000",
    session_id="0192f0c1-2345-7abc-8def-111111111111",
    sub="sub",
    sid="sid",
    auth_time=1,
    acr="urn:yitong:acr:2",
    amr=("pwd",),
)
PRESENTED = Presented("hall", "https://hall.example/callback", VERIFIER)
THREADS, PROCESSES, CODES = 8, 4, 40


def issue(place: Place, count: int) -> list[str]:
    issued = (
        codes.issue(place.store, KEY, AUTHORIZATION, seconds=60, token_seconds=600) for _ in range(count)
    )
    return [code for code, _grant_id in issued]


def test_of_many_threads_one_redeems_and_the_others_end_the_grant(place: Place) -> None:
    barrier = Barrier(THREADS)

    def contend(code: str) -> int:
        barrier.wait()
        try:
            codes.redeem(place.store, KEY, code, PRESENTED, NOW)
        except InvalidGrant:
            return 0
        return 1

    with ThreadPoolExecutor(THREADS) as pool:
        for code in issue(place, CODES):
            assert sum(pool.map(contend, [code] * THREADS)) == 1
            assert live_grants.find(place.store, codes.grant_id_of(KEY, code)) is None


def test_of_many_processes_one_redeems(place: Place) -> None:
    if place.url == "memory://":
        pytest.skip("one process has this store to itself")
    offered = issue(place, CODES)
    arguments = [place.url, place.clock().isoformat(), *offered]
    assert winners("tests.contracts.redeemer", [arguments] * PROCESSES) == list(range(CODES))
