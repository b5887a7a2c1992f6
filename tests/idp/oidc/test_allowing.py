"""What a client may ask in a minute: said on every answer, refused in time, and nobody else's to use up."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from idp.metering import reading
from idp.oidc.allowing import REQUESTS, SIGN_INS, ClientAllowances
from idp.oidc.clients.limits import ClientLimit
from idp.oidc.http import CORS, FORM, Request, Response
from idp.settings import ClientLimits
from idp.storage.ephemeral.store import StoreUnavailable
from tests.idp.oidc.device.kiosk import Kiosk
from tests.idp.oidc.device.kiosk import register as register_kiosk
from tests.idp.oidc.registration.registering import FAIR, opened
from tests.idp.oidc.world import HALL, SECRETS, SPA, TAX, World, basic, fields_of, parameters

HALL_IS = basic(HALL, SECRETS[HALL])
INTROSPECT, TOKEN = "/oauth2/introspect", "/oauth2/token"


def limited(world: World, **settings: Any) -> None:
    """The same provider with other limits."""
    found = {
        "requests_per_minute": 3,
        "public_requests_per_address_per_minute": 2,
        "classes": {"large": 50},
        "sign_ins_per_day": 0,
        "messages_per_day": 0,
        "usage_kept_days": 35,
        **settings,
    }
    provider = world.provider
    allowances = ClientAllowances(ClientLimits.model_validate(found), provider.store, provider.audit)
    world.provider = replace(provider, allowances=allowances)
    world.__post_init__()


def ask(world: World, authorization: str = HALL_IS) -> Response:
    return world.post(INTROSPECT, {"token": "none of ours"}, authorization=authorization)


def headers_of(response: Response) -> dict[str, str]:
    return dict(response.headers)


def test_every_answer_says_what_is_left(world: World) -> None:
    limited(world)
    lefts = []
    for _ in range(3):
        response = ask(world)
        assert response.status == 200
        assert headers_of(response)["RateLimit-Policy"] == '"app";q=3;w=60'
        lefts.append(headers_of(response)["RateLimit"])
    seconds = int(lefts[0].rpartition("=")[2])
    assert 1 <= seconds <= 60
    assert lefts == [f'"app";r={left};t={seconds}' for left in (2, 1, 0)]


def test_a_refusal_of_the_endpoint_says_it_too_and_counts(world: World) -> None:
    limited(world)
    response = world.post(INTROSPECT, {}, authorization=HALL_IS)
    assert response.status == 400
    assert headers_of(response)["RateLimit"].startswith('"app";r=2;')


def test_beyond_it_there_is_a_429_that_says_when(world: World) -> None:
    limited(world)
    seconds = {headers_of(ask(world))["RateLimit"].rpartition("=")[2] for _ in range(3)}.pop()
    response = ask(world)
    assert response.status == 429
    body = json.loads(response.body)
    assert body["error"] == "temporarily_unavailable"
    assert "its 3 requests of this minute" in body["error_description"]
    found = headers_of(response)
    assert found["Retry-After"] == seconds
    assert found["RateLimit"] == f'"app";r=0;t={seconds}'
    assert found["Cache-Control"] == "no-store"
    world.clock.advance(int(seconds))
    assert ask(world).status == 200


def test_one_client_takes_nothing_from_another(world: World) -> None:
    limited(world)
    assert [ask(world).status for _ in range(10)] == [200] * 3 + [429] * 7
    tax = basic(TAX, SECRETS[TAX])
    assert [ask(world, tax).status for _ in range(3)] == [200] * 3


def test_nobody_uses_up_an_allowance_by_its_name(world: World) -> None:
    """An attacker knows the client_id, and not the secret."""
    limited(world)
    for _ in range(20):
        assert ask(world, basic(HALL, "guessed")).status == 401
    response = ask(world)
    assert response.status == 200
    assert headers_of(response)["RateLimit"].startswith('"app";r=2;')


def test_who_has_proved_nothing_learns_nothing_of_what_is_left(world: World) -> None:
    limited(world)
    assert "RateLimit" not in headers_of(ask(world, basic(HALL, "guessed")))
    assert "RateLimit" not in headers_of(world.userinfo("rubbish"))


def test_a_public_client_has_an_allowance_at_each_address(world: World) -> None:
    """Anybody can use its name: who does it from elsewhere shuts nobody out."""
    limited(world)

    def ask_from(address: str) -> int:
        form = parameters({"grant_type": "authorization_code", "client_id": SPA, "code": "wrong"})
        request = Request("POST", TOKEN, {}, form=form, content_type=FORM, address=address)
        return world.endpoints[TOKEN](request).status

    assert [ask_from("198.51.100.7") for _ in range(4)] == [400, 400, 429, 429]
    assert ask_from("203.0.113.9") == 400
    # An IPv6 subscriber has a whole /64 to choose from, and one allowance.
    assert [ask_from(f"2001:db8::{last}") for last in (1, 2, 3)] == [400, 400, 429]


def test_a_refused_request_takes_no_code(world: World) -> None:
    limited(world)
    world.sign_in()
    code = world.code()
    while ask(world).status == 200:
        pass
    refused = world.token(code)
    assert refused.status == 429
    world.clock.advance(int(headers_of(refused)["Retry-After"]))
    assert world.token(code).status == 200


def test_userinfo_is_its_clients(world: World) -> None:
    limited(world, requests_per_minute=4)
    world.sign_in()
    token = json.loads(world.token(world.code()).body)["access_token"]
    statuses = [world.userinfo(token).status for _ in range(5)]
    assert statuses == [200] * 3 + [429] * 2
    response = world.userinfo(token)
    assert "WWW-Authenticate" not in headers_of(response), "the token is as good as before"
    assert int(headers_of(response)["Retry-After"]) > 0


def test_a_device_that_polls_hears_slow_down(world: World) -> None:
    """RFC 8628 section 3.5: any other error would end its polling."""
    register_kiosk(world, HALL)
    limited(world)
    kiosk = Kiosk(world, HALL)
    kiosk.ask()
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": kiosk.device_code}
    responses = [kiosk.post(TOKEN, {**form}) for _ in range(4)]
    assert responses[-1].status == 429
    assert json.loads(responses[-1].body)["error"] == "slow_down"


def test_a_client_that_looks_after_its_registration_is_limited(world: World) -> None:
    limited(world)
    desk = opened(world)
    made = desk.made(FAIR)
    statuses = [desk.manage(made, "GET").status for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert desk.manage({**made, "registration_access_token": "guessed"}, "GET").status == 401


@pytest.mark.parametrize(
    ("own", "allowed"),
    [({"limit_class": "large"}, 50), ({"requests_per_minute": 7}, 7), ({"limit_class": "gone"}, 3)],
)
def test_the_operator_allows_a_client_more(world: World, own: dict[str, Any], allowed: int) -> None:
    with world.provider.sessions.begin() as session:
        session.add(ClientLimit(client_id=HALL, updated_at=world.clock(), **own))
    limited(world)
    assert headers_of(ask(world))["RateLimit-Policy"] == f'"app";q={allowed};w=60'


def test_the_log_hears_of_it_once_an_hour(world: World) -> None:
    limited(world)
    for _ in range(30):
        ask(world)
    (event,) = world.events("client_limited")
    assert event.client_id == HALL
    assert json.loads(event.payload) == {"what": REQUESTS, "limit": 3, "where": "introspection"}
    world.clock.advance(3600)
    for _ in range(30):
        ask(world)
    assert len(world.events("client_limited")) == 2
    assert world.events("token_refused") == []


def test_two_processes_tell_it_once(world: World) -> None:
    limited(world)
    while ask(world).status == 200:
        pass
    limited(world)
    while ask(world).status == 200:
        pass
    assert len(world.events("client_limited")) == 1


def test_without_the_store_clients_are_served_up_to_their_limit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What needs no store goes on: a token for the client itself, an answer about a token that is none."""

    def away(*_arguments: object, **_named: object) -> int:
        raise StoreUnavailable("switched off")

    limited(world)
    monkeypatch.setattr(world.provider.store, "increment", away)
    monkeypatch.setattr(world.provider.store, "add_once", away)
    assert [ask(world).status for _ in range(5)] == [200] * 3 + [429] * 2
    assert len(world.events("client_limited")) == 1


def test_pages_of_other_origins_may_read_it() -> None:
    exposed = dict(CORS)["Access-Control-Expose-Headers"]
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(exposed.split(", "))


def test_what_was_asked_is_counted(world: World) -> None:
    limited(world)
    for _ in range(5):
        ask(world)
    world.post(TOKEN, {"grant_type": "nonsense"}, authorization=HALL_IS)
    world.provider.meter.flush(world.clock())
    used = reading.used(world.engine, HALL, world.clock(), world.clock())
    assert used.requests == {"introspection": 5, "token": 1}
    assert used.answers == {"ok": 3, "limited": 3}
    assert sum(used.latencies) == 6


def test_sign_ins_of_a_day_are_counted_where_they_are(world: World) -> None:
    limited(world, sign_ins_per_day=2)
    client = world.provider.clients.find(HALL)
    assert client is not None
    found = [world.provider.allowances.of_a_day(SIGN_INS, client, world.clock()) for _ in range(3)]
    assert [one and one.is_allowed for one in found] == [True, True, False]
    world.clock.advance(86400)
    again = world.provider.allowances.of_a_day(SIGN_INS, client, world.clock())
    assert again is not None
    assert again.is_allowed


def test_the_sandbox_lets_so_many_sign_in_to_an_app_a_day(world: World) -> None:
    limited(world, requests_per_minute=100, sign_ins_per_day=2)
    world.sign_in()
    assert world.code()
    assert world.code()
    said = fields_of(world.authorize())
    assert said["error"] == "temporarily_unavailable"
    assert "midnight in China" in said["error_description"]
    assert said["state"] == "the-state"
    (event,) = world.events("client_limited")
    assert json.loads(event.payload) == {"what": SIGN_INS, "limit": 2, "where": "authorize"}
    world.clock.advance(86400)
    world.sign_in()
    assert world.code()


def test_without_a_quota_nothing_is_counted(world: World) -> None:
    limited(world, requests_per_minute=100)
    world.sign_in()
    assert all(world.code() for _ in range(5))


@pytest.mark.parametrize(
    "path",
    [
        *(TOKEN, INTROSPECT, "/oauth2/revoke", "/oauth2/par"),
        *("/oauth2/device_authorization", "/oauth2/backchannel/authentication"),
    ],
)
def test_every_endpoint_that_knows_its_client_is_limited(world: World, path: str) -> None:
    limited(world)
    answers = [world.post(path, {}, authorization=HALL_IS) for _ in range(4)]
    assert [one.status == 429 for one in answers] == [False, False, False, True]
    assert all("RateLimit-Policy" in headers_of(one) for one in answers)
    assert int(headers_of(answers[-1])["Retry-After"]) > 0


def test_endpoints_share_one_allowance(world: World) -> None:
    limited(world)
    statuses = [
        world.post(path, {}, authorization=HALL_IS).status for path in (TOKEN, INTROSPECT, "/oauth2/par")
    ]
    assert 429 not in statuses
    assert world.post("/oauth2/revoke", {"token": "x"}, authorization=HALL_IS).status == 429


def test_while_one_client_hammers_another_gets_all_that_is_its_own(world: World) -> None:
    """With real threads at one provider: what is refused to the noisy one costs the quiet one nothing."""
    limited(world, requests_per_minute=40)
    tax, is_refused, over = basic(TAX, SECRETS[TAX]), Event(), Event()

    def hammer(_thread: int) -> Counter[int]:
        statuses: Counter[int] = Counter()
        while not over.is_set():
            statuses[ask(world).status] += 1
            if statuses[429]:
                is_refused.set()
        return statuses

    with ThreadPoolExecutor(4) as threads:
        noisy = [threads.submit(hammer, number) for number in range(4)]
        try:
            assert is_refused.wait(30)
            quiet = [ask(world, tax).status for _ in range(40)]
        finally:
            over.set()
        found = sum((one.result(30) for one in noisy), Counter())
    assert quiet == [200] * 40
    assert found[200] == 40, "below a hundred the limit is exact, whatever the threads"
    assert ask(world, tax).status == 429
