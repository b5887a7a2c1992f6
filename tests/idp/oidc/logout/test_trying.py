"""A logout token of a made-up session: whole, and nobody's."""

from collections.abc import Callable
from itertools import count
from urllib.parse import parse_qs

import pytest

from idp.oidc.clients.metadata import Client
from idp.oidc.keys.jwt import LOGOUT_TOKEN
from idp.oidc.logout.back_channel import EVENT
from idp.oidc.logout.trying import Outcome, Tried, tried
from idp.outbound import AddressRefused, Answer, AnswerRefused, OutboundFailed, TimedOut, Unreachable
from tests.idp.oidc.logout.clients import BACK, register, tell
from tests.idp.oidc.world import HALL, World

KEPT_BY_NOBODY = {"cache-control": "No-Store"}


def clock_of(milliseconds: float) -> Callable[[], float]:
    ticks = count()
    return lambda: next(ticks) * milliseconds / 1000


def client_of(world: World) -> Client:
    client = world.provider.clients.find(HALL)
    assert client is not None
    return client


def asked(world: World, answer: Answer | OutboundFailed) -> Tried:
    tell(world, HALL)

    def post(uri: str, _body: bytes, _headers: dict[str, str]) -> Answer:
        assert uri == BACK[HALL]
        if isinstance(answer, OutboundFailed):
            raise answer
        return answer

    return tried(world.provider, client_of(world), post, now=world.clock(), seconds=clock_of(42))


def test_the_token_is_whole_and_of_nobody(world: World) -> None:
    tell(world, HALL)
    sent: list[str] = []

    def post(_uri: str, body: bytes, _headers: dict[str, str]) -> Answer:
        sent.extend(parse_qs(body.decode())["logout_token"])
        return Answer(200, KEPT_BY_NOBODY, b"")

    sid = world.sign_in()
    made = tried(world.provider, client_of(world), post, now=world.clock(), seconds=clock_of(42))
    assert made.outcome is Outcome.ACCEPTED
    assert (made.status, made.milliseconds, made.keeps) == (200, 42, False)
    claims = world.provider.keys.current().read(sent[0], typ=LOGOUT_TOKEN)
    assert claims == made.claims
    assert (claims["aud"], claims["events"]) == (HALL, {EVENT: {}})
    assert claims["sid"] != world.sid_at(HALL, sid)
    assert "nonce" not in claims


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.ACCEPTED),
        (204, Outcome.ACCEPTED),
        (201, Outcome.OTHER),
        (302, Outcome.MOVED),
        (400, Outcome.REFUSED),
        (401, Outcome.NOT_ALLOWED),
        (403, Outcome.NOT_ALLOWED),
        (404, Outcome.NOT_THERE),
        (405, Outcome.NOT_THERE),
        (418, Outcome.OTHER),
        (500, Outcome.BROKEN),
        (599, Outcome.BROKEN),
    ],
)
def test_what_an_answer_says(world: World, status: int, outcome: Outcome) -> None:
    made = asked(world, Answer(status, {}, b"secrets of the app"))
    assert (made.outcome, made.status, made.keeps) == (outcome, status, True)
    assert "secrets" not in str(made)


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (AddressRefused("private"), Outcome.ADDRESS_REFUSED),
        (TimedOut("late"), Outcome.TIMED_OUT),
        (Unreachable("nobody"), Outcome.UNREACHABLE),
        (AnswerRefused("large"), Outcome.ANSWER_REFUSED),
    ],
)
def test_why_there_was_none(world: World, failure: OutboundFailed, outcome: Outcome) -> None:
    made = asked(world, failure)
    assert (made.outcome, made.status) == (outcome, None)


def test_what_cannot_be_encrypted_is_not_sent(world: World) -> None:
    register(
        world,
        HALL,
        jwks_uri="https://hall.example/jwks",
        id_token_encrypted_response_alg="ECDH-ES",
        id_token_encrypted_response_enc="A128GCM",
    )
    assert asked(world, Answer(200, {}, b"")).outcome is Outcome.NO_KEY
