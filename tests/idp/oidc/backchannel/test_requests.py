"""What a request may say, and by which error it is refused (CIBA Core 1.0 sections 7.1, 7.2 and 13)."""

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idp.oidc.backchannel import endpoint
from idp.oidc.http import Request, RequestRefused
from tests.idp.oidc.backchannel.desk import Desk, body_of
from tests.idp.oidc.clients.signing import jwks_of, new_key
from tests.idp.oidc.world import HALL, SPA, TAX, World, basic

SUB = "s" * 43


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({}, "invalid_request"),
        ({"login_hint": SUB, "id_token_hint": "x"}, "invalid_request"),
        ({"login_hint": SUB, "login_hint_token": "x"}, "invalid_request"),
        ({"login_hint_token": "a.b.c"}, "invalid_request"),
        ({"id_token_hint": "a.b.c"}, "invalid_request"),
        ({"login_hint": "+8613800138000"}, "unknown_user_id"),
        ({"login_hint": "11010519491231002X"}, "unknown_user_id"),
        ({"login_hint": SUB, "scope": "profile"}, "invalid_scope"),
        ({"login_hint": SUB, "scope": None}, "invalid_scope"),
        ({"login_hint": SUB, "scope": "openid resource:it"}, None),
        ({"login_hint": SUB, "scope": "openid phone"}, None),
        ({"login_hint": SUB, "requested_expiry": "0"}, "invalid_request"),
        ({"login_hint": SUB, "requested_expiry": "-1"}, "invalid_request"),
        ({"login_hint": SUB, "requested_expiry": "1.5"}, "invalid_request"),
        ({"login_hint": SUB, "requested_expiry": "9" * 40}, "invalid_request"),
        ({"login_hint": SUB, "binding_message": "m" * 65}, "invalid_binding_message"),
        ({"login_hint": SUB, "binding_message": "go to evil.example"}, "invalid_binding_message"),
        ({"login_hint": SUB, "binding_message": None}, None),
        ({"login_hint": SUB, "user_code": "1234"}, None),
        ({"login_hint": SUB, "resource": "https://nobody.example"}, "invalid_target"),
        ({"login_hint": SUB, "acr_values": "urn:yitong:acr:3 what"}, None),
        ({"login_hint": SUB, "acr_values": "a" * 5000}, "invalid_request"),
        ({"login_hint": SUB, "request": "a.b.c"}, "invalid_request"),
        ({"login_hint": SUB, "unknown": "ignored"}, None),
    ],
)
def test_each_rule_has_its_error(desk: Desk, changes: Mapping[str, str | None], error: str | None) -> None:
    response = desk.ask(**changes)
    assert response.status == (200 if error is None else 400)
    assert body_of(response).get("error") == error


def test_who_asks_is_authenticated(world: World, desk: Desk) -> None:
    response = world.post(endpoint.PATH, {"scope": "openid"}, authorization=basic(HALL, "wrong"))
    assert (response.status, body_of(response)["error"]) == (401, "invalid_client")
    response = world.post(endpoint.PATH, {"scope": "openid", "client_id": SPA, "login_hint": SUB})
    assert body_of(response)["error"] == "unauthorized_client"
    response = desk.world.post(
        endpoint.PATH, {"scope": "openid", "login_hint": SUB}, authorization=basic(TAX, "tax-secret")
    )
    assert body_of(response)["error"] == "unauthorized_client"


def test_it_is_posted_as_a_form(world: World) -> None:
    serve = world.endpoints[endpoint.PATH]
    assert serve(Request("GET", endpoint.PATH)).status == 405
    odd = Request("POST", endpoint.PATH, content_type="application/json", body=b"{}")
    assert body_of(serve(odd))["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("asked", "given"), [(None, 300), ("60", 60), ("1", 30), ("00090", 90), ("86400", 1800)]
)
def test_a_client_may_wish_for_a_time(desk: Desk, asked: str | None, given: int) -> None:
    said = body_of(desk.ask(login_hint=SUB, requested_expiry=asked))
    assert said["expires_in"] == given


@pytest.mark.parametrize("mode", ["ping", "push"])
@pytest.mark.parametrize(
    "token", [None, "short", "t" * 1025, "no blanks in here are allowed", "ümlaut" * 8, "t" * 30 + "\n"]
)
def test_who_is_told_brings_a_bearer_token(world: World, mode: str, token: str | None) -> None:
    desk = Desk(world, mode=mode)
    response = desk.ask(login_hint=SUB, client_notification_token=token)
    assert body_of(response)["error"] == "invalid_request"


def test_a_handle_is_long_and_of_the_charset(desk: Desk) -> None:
    # Section 7.3: 128 bits at least, of letters, digits, ".", "-" and "_".
    handles = {body_of(desk.ask(login_hint=SUB))["auth_req_id"] for _ in range(3)}
    assert len(handles) == 3
    assert all(len(one) >= 32 and one.replace("-", "").replace("_", "").isalnum() for one in handles)


def test_an_expired_id_token_is_a_hint_and_another_clients_is_none(world: World, desk: Desk) -> None:
    desk.sub()
    world.clock.advance(86400)
    world.sign_in()
    assert desk.ask(id_token_hint=desk.id_token).status == 200
    assert len(desk.waiting()) == 1
    other = Desk(world, TAX)
    other.sub()
    assert body_of(desk.ask(id_token_hint=other.id_token))["error"] == "invalid_request"


def test_under_fapi_it_is_signed_has_a_binding_message_and_is_not_pushed(world: World) -> None:
    from idp.oidc.clients.fields.backchannel import CIBA
    from idp.oidc.clients.metadata import MetadataRefused, read

    bank = {
        "client_id": "bank",
        "sector": "bank.example",
        "client_name": "Bank",
        "grant_types": [CIBA],
        "profile": "fapi2-security",
        "token_endpoint_auth_method": "private_key_jwt",
        "id_token_signed_response_alg": "ES256",
        "authorization_signed_response_alg": "ES256",
        "jwks": jwks_of(new_key()),
        "backchannel_token_delivery_mode": "poll",
        "backchannel_authentication_request_signing_alg": "ES256",
    }
    assert read(bank).rules.backchannel_is_strict
    told = {"backchannel_client_notification_endpoint": "https://bank.example/told"}
    for changes in (
        {"backchannel_token_delivery_mode": "push", **told},
        {"backchannel_authentication_request_signing_alg": None},
        {"backchannel_authentication_request_signing_alg": "RS256"},
    ):
        with pytest.raises(MetadataRefused):
            read({**bank, **changes})


NAMES = st.sampled_from(
    [
        *("scope", "login_hint", "id_token_hint", "login_hint_token", "binding_message"),
        *("requested_expiry", "acr_values", "resource", "request", "client_notification_token"),
    ]
)
VALUES = st.one_of(
    st.text(min_size=1, max_size=80), st.sampled_from(["openid", SUB, "60", "urn:yitong:acr:3"])
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.dictionaries(NAMES, VALUES, max_size=5))
def test_whatever_is_sent_is_a_request_or_an_error_of_the_specification(
    desk: Desk, values: dict[str, str]
) -> None:
    try:
        response = desk.ask(**values)
    except RequestRefused:
        return  # not even a form
    said = body_of(response)
    assert response.status == (400 if "error" in said else 200)
    assert said.get("error") in {
        *(None, "invalid_request", "invalid_scope", "unknown_user_id", "invalid_binding_message"),
        "invalid_target",
    }
