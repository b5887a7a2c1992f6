"""The authorization endpoint: what goes back to the client, what is shown, what is kept."""

import json

import pytest

from idp import sessions
from idp.audit.models import AuditEvent
from idp.error_references import explain
from idp.oidc import asking
from idp.oidc.authorize import endpoint
from idp.oidc.authorize.addressing import Shown
from idp.oidc.clients.models import ClientRecord, ClientStatus
from idp.oidc.http import FORM, Request, Response
from idp.oidc.interaction import InteractionExpired, InteractionForeign
from idp.oidc.levels import acr
from tests.idp.oidc.world import (
    BROWSER,
    HALL,
    REDIRECT_URIS,
    TAX,
    World,
    fields_of,
    location_of,
    parameters,
    path_of,
)


def id_token_of(response: Response) -> dict[str, object]:
    from idp.crypto.digests import from_base64url

    tokens = json.loads(response.body)
    claims: dict[str, object] = json.loads(from_base64url(tokens["id_token"].split(".")[1]))
    return claims


def test_a_session_that_suffices_needs_no_page_and_no_interaction(world: World) -> None:
    world.sign_in()
    world.agree(world.authorize())
    before = len(world.events("code_issued"))
    response = world.authorize()
    assert "code" in fields_of(response)
    assert len(world.events("code_issued")) == before + 1
    assert dict(response.headers)["Cache-Control"] == "no-store"


def test_an_error_goes_back_with_state_issuer_and_a_reference(world: World) -> None:
    response = world.authorize(response_type="token")
    fields = fields_of(response)
    assert location_of(response).startswith(REDIRECT_URIS[HALL] + "?error=unsupported_response_type")
    assert (fields["state"], fields["iss"]) == ("the-state", "https://id.example")
    reference = fields["error_description"].rpartition("reference ")[2].rstrip(")")
    cause = explain(world.provider.store, reference)
    assert cause is not None
    assert (cause.where, cause.client_id) == ("authorize", HALL)
    assert len(world.events("authorization_refused")) == 1


def test_errors_of_client_and_address_are_shown(world: World) -> None:
    with pytest.raises(Shown):
        world.authorize(client_id="nobody")
    with pytest.raises(Shown):
        world.authorize(redirect_uri="https://evil.example/")
    (refused,) = world.events("authorization_refused")
    assert refused.client_id == HALL
    assert refused.payload == '{"detail":"redirect_uri","error":"invalid_request"}'


def test_a_suspended_client_gets_nothing(world: World) -> None:
    world.sign_in()
    code = world.code()
    with world.provider.sessions.begin() as session:
        session.get_one(ClientRecord, HALL).status = ClientStatus.SUSPENDED
    world.clock.advance(6)
    with pytest.raises(Shown):
        world.authorize()
    assert world.token(code).status == 401


@pytest.mark.parametrize(
    ("client_id", "prepare", "error"),
    [
        (HALL, "nothing", "login_required"),
        (HALL, "sign in", "consent_required"),
        (TAX, "sign in", "interaction_required"),
    ],
)
def test_prompt_none_shows_no_page(world: World, client_id: str, prepare: str, error: str) -> None:
    if prepare == "sign in":
        world.sign_in()
    assert fields_of(world.authorize(client_id, prompt="none"))["error"] == error


def test_prompt_none_gives_a_code_to_who_is_signed_in_and_has_agreed(world: World) -> None:
    world.sign_in()
    world.agree(world.authorize())
    assert "code" in fields_of(world.authorize(prompt="none"))


def test_a_higher_level_is_stepped_up_to_and_the_sid_stays(world: World) -> None:
    sid = world.sign_in()
    old_cookie = dict(world.cookies)
    response = world.authorize(TAX)
    assert path_of(response) == "/login/presence"
    world.clock.advance(30)
    world.prove(level=3, method="face")
    response = world.agree(world.resume(fields_of(response)["interaction"]))
    claims = id_token_of(world.token(fields_of(response)["code"], TAX))
    assert claims["sid"] == world.sid_at(TAX, sid)
    assert claims["acr"] == acr(3)
    assert claims["amr"] == ["pwd", "face"]
    world.cookies = old_cookie
    assert path_of(world.authorize()) == "/login"


def test_presence_runs_out_and_an_essential_value_is_answered_with_itself(world: World) -> None:
    world.sign_in(level=3, method="face")
    claims = json.dumps({"id_token": {"acr": {"essential": True, "values": [acr(2)]}}})
    assert id_token_of(world.token(world.code(claims=claims)))["acr"] == acr(2)
    assert id_token_of(world.token(world.code()))["acr"] == acr(3)
    world.clock.advance(901)
    assert id_token_of(world.token(world.code()))["acr"] == acr(2)
    assert path_of(world.authorize(acr_values=acr(3))) == "/login/presence"


def test_an_unreachable_level_is_an_error_and_never_a_lower_one(world: World) -> None:
    world.sign_in(level=3, method="face")
    claims = json.dumps({"id_token": {"acr": {"essential": True, "value": acr(5)}}})
    assert fields_of(world.authorize(claims=claims))["error"] == "unmet_authentication_requirements"


def test_auth_time_is_that_of_the_proof_and_max_age_asks_again(world: World) -> None:
    world.sign_in()
    proved_at = int(world.clock().timestamp())
    world.clock.advance(100)
    assert id_token_of(world.token(world.code(max_age="100")))["auth_time"] == proved_at
    world.clock.advance(1)
    assert path_of(world.authorize(max_age="100")) == "/login"


def test_a_post_goes_on_as_a_get(world: World) -> None:
    world.sign_in()
    form = parameters(
        {"client_id": HALL, "redirect_uri": REDIRECT_URIS[HALL], "response_type": "code", "scope": "openid"}
        | {"code_challenge": "c" * 43, "code_challenge_method": "S256"}
    )
    posted = Request("POST", endpoint.PATH, form=form, content_type=FORM)
    response = endpoint.authorize(world.provider, posted, BROWSER)
    assert (response.status, path_of(response)) == (303, endpoint.PATH)
    following = world.get(endpoint.PATH, fields_of(response))
    assert path_of(endpoint.authorize(world.provider, following, BROWSER)) == "/consent"
    world.clock.advance(301)
    with pytest.raises(Shown):
        endpoint.authorize(world.provider, following, BROWSER)
    with pytest.raises(Shown):
        endpoint.authorize(world.provider, Request("POST", endpoint.PATH, content_type="text/plain"), BROWSER)


def test_an_interaction_ends_once_and_only_in_its_browser(world: World) -> None:
    interaction_id = fields_of(world.authorize())["interaction"]
    world.sign_in()
    with pytest.raises(InteractionForeign):
        endpoint.resume(world.provider, world.get("/"), interaction_id, "another browser")
    assert "code" in fields_of(world.agree(world.resume(interaction_id)))
    with pytest.raises(InteractionExpired) as over:
        world.resume(interaction_id)
    assert (over.value.kind, over.value.client_id) == ("finished", HALL)


def test_who_cancels_goes_back_with_an_error(world: World) -> None:
    interaction_id = fields_of(world.authorize())["interaction"]
    response = endpoint.cancel(world.provider, world.get("/"), interaction_id, BROWSER)
    assert fields_of(response)["error"] == "access_denied"
    with pytest.raises(InteractionExpired):
        world.resume(interaction_id)


def test_who_refuses_shares_nothing_and_leaves_an_event(world: World) -> None:
    world.sign_in()
    interaction_id = fields_of(world.authorize())["interaction"]
    question = asking.question(world.provider, world.get("/consent"), interaction_id, BROWSER)
    assert question is not None
    asking.refuse(world.provider, world.get("/consent"), question)
    assert len(world.events("consent_refused")) == 1
    assert path_of(world.authorize()) == "/consent"


def test_the_consent_page_shows_masked_values_and_optional_scopes(world: World) -> None:
    world.sign_in()
    response = world.authorize(scope="openid profile phone resident_number")
    interaction_id = fields_of(response)["interaction"]
    question = asking.question(world.provider, world.get("/consent"), interaction_id, BROWSER)
    assert question is not None
    assert question.portal_host == "hall.localhost:8001"
    shown = {item.scope: (item.value_masked, item.required) for item in question.items}
    assert shown["resident_number"] == ("1" + "*" * 16 + "X", True)
    assert shown["openid"] == (None, True)
    assert shown["phone"][1] is False
    assert "13800138000" not in str(question)
    response = world.agree(response)  # without the phone
    tokens = json.loads(world.token(fields_of(response)["code"]).body)
    assert tokens["scope"] == "openid profile resident_number"
    # What was left out is not asked for again.
    assert "code" in fields_of(world.authorize(scope="openid profile phone resident_number"))


def test_a_restart_in_the_middle_loses_nothing(world: World) -> None:
    from dataclasses import replace

    from idp.oidc.clients.cache import ClientCache
    from idp.oidc.keys.ring import SigningKeys

    interaction_id = fields_of(world.authorize())["interaction"]
    old = world.provider
    world.provider = replace(
        old,
        clients=ClientCache(old.reads, world.clock),
        keys=SigningKeys(old.reads, old.cipher, world.clock),
    )
    world.sign_in()
    assert "code" in fields_of(world.agree(world.resume(interaction_id)))


def test_a_frozen_account_is_not_signed_in(world: World) -> None:
    from idp.people.models import Person, PersonStatus

    world.sign_in()
    token = json.loads(world.token(world.code()).body)["access_token"]
    with world.provider.sessions.begin() as session:
        session.get_one(Person, world.person_id).status = PersonStatus.FROZEN
    assert path_of(world.authorize()) == "/login"
    assert world.userinfo(token).status == 401


def test_no_event_and_no_stored_key_names_the_person(world: World) -> None:
    world.sign_in(level=3, method="face")
    world.userinfo(
        json.loads(world.token(world.code(scope="openid profile resident_number")).body)["access_token"]
    )
    with world.engine.connect() as connection:
        rows = str(connection.execute(AuditEvent.__table__.select()).all())
    for secret in ("张三丰", "11010519491231002X", "13800138000", world.cookies[sessions.COOKIE]):
        assert secret not in rows


def test_a_hint_is_answered_for_its_person_alone(world: World) -> None:
    world.sign_in()
    tokens = json.loads(world.token(world.code()).body)
    sub = id_token_of(world.token(world.code()))["sub"]
    world.clock.advance(3000)  # it has expired, and still says whom the client knows
    assert "code" in fields_of(world.authorize(id_token_hint=tokens["id_token"], prompt="none"))
    for wanted, error in ((sub, None), ("somebody else", "login_required")):
        claims = json.dumps({"id_token": {"sub": {"value": wanted}}})
        assert fields_of(world.authorize(claims=claims, prompt="none")).get("error") == error
    # A token of another client, and an access token, are no hints.
    assert fields_of(world.authorize(TAX, id_token_hint=tokens["id_token"]))["error"] == "invalid_request"
    assert fields_of(world.authorize(id_token_hint=tokens["access_token"]))["error"] == "invalid_request"
