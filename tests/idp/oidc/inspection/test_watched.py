"""What is kept of requests: no canary of a secret, whichever endpoint it was sent to or came from."""

import json
from itertools import product

import pytest

from idp.doctor.table import case_of
from idp.error_references import explain
from idp.oidc.authorize import endpoint
from idp.oidc.authorize.addressing import Shown
from idp.oidc.endpoints import served
from idp.oidc.http import Request, answer_json
from idp.oidc.inspection import watching
from idp.oidc.inspection.watched import Inspector, Watched
from idp.storage.ephemeral import StoreUnavailable
from idp.storage.ephemeral.memory import MemoryStore
from tests.idp.doctor.patient import body, cause_of, change
from tests.idp.oidc.clients.signing import claims_of, new_key, signed
from tests.idp.oidc.token.proving import proof
from tests.idp.oidc.world import BROWSER, HALL, SECRETS, World, basic

CANARY = "cAn4ry-9f8e7d6c5b4a39281706f5e4d3c2b1a0"
NUMBER = "11010519491231002X"


def watch(world: World) -> None:
    with world.provider.sessions.begin() as session:
        watching.watch(session, HALL, world.clock())
    world.provider.clients.forget(HALL)


def kept(world: World) -> str:
    """Everything in the store, as text."""
    store = world.provider.store
    assert isinstance(store, MemoryStore)
    return repr(vars(store))


def recent(world: World) -> list[Watched]:
    return list(world.provider.inspector.recent(HALL))


def flow(world: World) -> dict[str, str]:
    """A whole sign-in; the secrets of it."""
    world.sign_in()
    code = world.code(scope="openid profile resident_number offline_access")
    told = body(world.token(code))
    assert world.userinfo(told["access_token"]).status == 200
    header = basic(HALL, SECRETS[HALL])
    token = told["access_token"]
    assert world.post("/oauth2/introspect", {"token": token}, authorization=header).status == 200
    refreshed = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
    again = body(world.post("/oauth2/token", refreshed, authorization=header))
    return {"code": code, **told, "again": again["access_token"], "secret": SECRETS[HALL]}


def test_of_a_client_that_nobody_watches_nothing_is_noted(world: World) -> None:
    flow(world)
    assert recent(world) == []
    assert "watched:" not in kept(world)


def test_of_one_that_is_watched_every_request_is_and_no_secret(world: World) -> None:
    watch(world)
    secrets = flow(world)
    found = recent(world)
    assert [one.cause.where for one in reversed(found)] == [
        *("authorize", "authorize", "token", "userinfo", "introspection", "token"),
    ]
    told = json.dumps([(one.answer, [p.value for p in one.cause.seen.parameters]) for one in found])
    for name in ("code", "access_token", "refresh_token", "id_token", "again", "secret"):
        assert secrets[name] not in told, name
        assert secrets[name].split(".")[-1] not in told, name


def test_in_the_sandbox_answers_are_shown_with_what_they_say_of_somebody(world: World) -> None:
    watch(world)
    flow(world)
    userinfo = next(one for one in recent(world) if one.cause.where == "userinfo")
    assert userinfo.answer["name"] == "张三丰"
    assert NUMBER in json.dumps(userinfo.answer)


def test_in_production_nothing_is_kept_that_is_about_somebody(world: World) -> None:
    object.__setattr__(
        world.provider,
        "inspector",
        Inspector(world.provider.store, world.clock, is_sandbox=False),
    )
    watch(world)
    flow(world)
    shown = "".join(repr(one) for one in recent(world))
    client = world.provider.clients.known(HALL)
    assert client is not None
    for about in ("张三丰", NUMBER, world.person_id, "192.0.2.1", "192.0.2.2", "1949"):
        assert about not in shown, about
    userinfo = next(one for one in recent(world) if one.cause.where == "userinfo")
    assert set(userinfo.answer.values()) == {"•••"}
    assert {"sub", "name"} <= userinfo.answer.keys()
    token = next(one for one in recent(world) if one.cause.where == "token")
    assert token.answer["id_token"]["sub"] == "•••"
    assert token.answer["id_token"]["acr"] == "urn:yitong:acr:2"


PLANTED = (
    CANARY,
    *(
        "client_secret",
        "code",
        "code_verifier",
        "refresh_token",
        "token",
        "access_token",
        "device_code",
        "state",
        "auth_req_id",
        "assertion",
        "subject_token",
        "actor_token",
        "password",
        "nonce",
        "login_hint",
        "username",
        "id_token_hint",
        "logout_hint",
        "request",
        "client_assertion",
        "client_notification_token",
        "posted",
        "scope",
        "binding_message",
        "redirect_uri",
        "resource",
        "prompt",
        "claims",
        "registration",
        "authorization_details",
    ),
)


@pytest.mark.parametrize("path", sorted(served.ENDPOINTS))
def test_a_canary_that_is_sent_anywhere_is_found_nowhere(world: World, path: str) -> None:
    watch(world)
    for name in PLANTED:
        for value in (CANARY, NUMBER, f"https://app.example/{CANARY}?x={CANARY}"):
            world.post(path, {"client_id": HALL, "grant_type": "authorization_code", name: value})
            world.post(path, {name: value}, authorization=basic(HALL, CANARY))
            world.post(path, {name: value}, authorization=f"Bearer {CANARY}")
            world.post(path, {name: value}, authorization=basic(CANARY, CANARY), dpop=CANARY)
            world.clock.advance(61)
    found = kept(world)
    # Who brings no token to a resource names no client.
    assert "watched:" in found or path in {"/oauth2/userinfo", "/oauth2/check_session"}
    assert CANARY not in found
    assert NUMBER not in found


def test_nor_one_in_an_authorization_request(world: World) -> None:
    watch(world)
    for name, value in product(PLANTED, (CANARY, NUMBER)):
        asked = world.authorization(HALL, **{"prompt": "none", name: value})
        try:
            endpoint.authorize(world.provider, asked, BROWSER)
        except Shown as shown:
            cause = world.provider.cause(shown.error, "authorize", asked, None, shown.given)
            world.provider.note_failure(asked, cause, 400)
    found = kept(world)
    assert CANARY not in found
    assert NUMBER not in found


def test_nor_in_the_tokens_that_an_app_makes(world: World) -> None:
    watch(world)
    key = new_key()
    claims = claims_of(HALL, world.clock(), password=CANARY, login_hint=NUMBER, scope=CANARY)
    made = signed(key, claims)
    given: dict[str, str | None] = {"client_assertion": made, "client_assertion_type": "x", "request": made}
    world.post("/oauth2/token", given)
    answer = world.post(
        "/oauth2/token",
        {"grant_type": CANARY},
        authorization=basic(HALL, SECRETS[HALL]),
        dpop=proof(world, key, jti=CANARY),
    )
    reference = cause_of(world, answer)
    assert reference.client_id == HALL
    found = kept(world)
    for secret in (CANARY, NUMBER, made.split(".")[2]):
        assert secret not in found


def test_a_failure_is_noted_with_its_cause(world: World) -> None:
    watch(world)
    answer = world.post("/oauth2/token", {"grant_type": "x"}, authorization=basic(HALL, "wrong"))
    [found] = recent(world)
    assert found.has_failed
    assert found.status == 401
    assert found.cause == cause_of(world, answer)
    assert list(world.provider.inspector.recent(HALL, failed_alone=True)) == [found]
    assert explain(world.provider.store, "0000-0000") is None


class Broken(MemoryStore):
    """Answers nobody who only looks."""

    def increment(self, key: str, *, seconds: int) -> int:
        if key.startswith("watched:"):
            raise StoreUnavailable("memory: gone")
        return super().increment(key, seconds=seconds)


def test_a_store_that_fails_while_somebody_looks_changes_no_answer(world: World) -> None:
    broken = Broken(world.clock)
    object.__setattr__(world.provider, "inspector", Inspector(broken, world.clock, is_sandbox=True))
    watch(world)
    assert flow(world)["access_token"]
    assert recent(world) == []


def test_an_answer_that_was_made_wrong_on_purpose_is_noted_like_any_other(world: World) -> None:
    watch(world)
    client = world.provider.clients.known(HALL)
    assert client is not None
    for token in ("a.b.c", "a.!!.c", "a.bnVsbA.c", "."):
        answer = answer_json({"id_token": token, "access_token": CANARY})
        world.provider.inspector.answered(
            client, Request("POST", "/oauth2/token"), "token", answer, world.clock()
        )
    assert [one.answer["id_token"] for one in recent(world)] == [{}] * 4
    assert CANARY not in kept(world)


def test_a_nonce_that_is_asked_for_is_shown_to_who_watches_and_kept_nowhere_else(world: World) -> None:
    change(world, HALL, dpop_nonce_required=True)
    key, header = new_key(), basic(HALL, SECRETS[HALL])

    def ask() -> None:
        given = {"grant_type": "authorization_code", "code": "x"}
        answer = world.post("/oauth2/token", given, authorization=header, dpop=proof(world, key))
        assert body(answer)["error"] == "use_dpop_nonce"

    ask()
    assert "watched:" not in kept(world)
    watch(world)
    ask()
    [found] = recent(world)
    assert case_of(found.cause.error, found.cause.description, found.cause.detail) is not None
    assert "error:" not in kept(world)
