"""A waiting request is answered once and fetched once, whoever comes at the same time: on every store."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.decoupled import waiting
from idp.oidc.decoupled.waiting import Status, WaitingRequest
from idp.oidc.token import live_grants
from tests.contracts.stores import Place, place
from tests.contracts.test_redeem_race import AUTHORIZATION, KEY

__all__ = ["place"]

THREADS, REQUESTS = 8, 25
ASKED = AuthorizationRequest(
    client_id="hall",
    redirect_uri="",
    scopes=("openid",),
    state=None,
    response_mode="query",
    nonce=None,
    code_challenge=None,
    prompt=(),
    max_age=None,
    acr_values=(),
    essential_acr=(),
    ui_locales=(),
    hinted_sub=None,
)
PEOPLE = [f"0192f0c1-2345-7abc-8def-{number:012d}" for number in range(THREADS)]


def start(place: Place) -> WaitingRequest:
    _handle, made = waiting.start(
        place.store, KEY, ASKED, way="device", now=place.clock(), seconds=600, interval=5, details={}
    )
    found = waiting.find(place.store, made.id)
    assert found == made
    return found


def test_of_many_who_answer_at_once_one_is_heard(place: Place) -> None:
    """Half of them agree, each for themselves, and half refuse."""
    barrier = Barrier(THREADS)

    def contend(found: WaitingRequest, number: int) -> bool:
        barrier.wait()
        if number % 2:
            return waiting.deny(place.store, found, place.clock())
        theirs = replace(AUTHORIZATION, person_id=PEOPLE[number])
        return waiting.approve(place.store, found, theirs, place.clock(), token_seconds=600)

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(REQUESTS):
            found = start(place)
            heard = list(pool.map(contend, [found] * THREADS, range(THREADS)))
            after, live = waiting.find(place.store, found.id), live_grants.find(place.store, found.grant_id)
            assert after is not None
            assert sum(heard) == 1
            winner = heard.index(True)
            if winner % 2:
                assert (after.status, after.authorization, live) == (Status.DENIED, None, None)
            else:
                assert after.authorization is not None
                assert live is not None
                assert after.authorization.person_id == live.person_id == PEOPLE[winner]


def test_of_many_who_fetch_at_once_one_gets_it(place: Place) -> None:
    barrier = Barrier(THREADS)

    def contend(found: WaitingRequest) -> bool:
        barrier.wait()
        return waiting.take(place.store, found)

    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(REQUESTS):
            found = start(place)
            assert waiting.approve(place.store, found, AUTHORIZATION, place.clock(), token_seconds=600)
            assert sum(pool.map(contend, [found] * THREADS)) == 1
