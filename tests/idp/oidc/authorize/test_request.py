"""Each rule of an authorization request, and where its error is shown."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc import errors
from idp.oidc.authorize.addressing import Shown, find_client, find_redirect_uri
from idp.oidc.authorize.checks import Asked
from idp.oidc.authorize.request import AuthorizationRequest, parse
from idp.oidc.clients.metadata import Client, read
from idp.oidc.http import Parameters

CALLBACK = "https://hall.example/callback"
GOOD = {
    "client_id": "hall",
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": "openid profile",
    "state": "s",
    "code_challenge": "c" * 43,
    "code_challenge_method": "S256",
}


def client(**fields: object) -> Client:
    given = {
        "client_id": "hall",
        "sector": "hall.example",
        "client_name": "Hall",
        "redirect_uris": [CALLBACK],
        "scope": "openid profile phone",
    }
    return Client(read({**given, **fields}), (), True)


def asked(changes: dict[str, str | None] | None = None, who: Client | None = None) -> Asked:
    values = {**GOOD, **(changes or {})}
    return Asked(Parameters({n: (v,) for n, v in values.items() if v is not None}), who or client())


def parsed(changes: dict[str, str | None] | None = None, who: Client | None = None) -> AuthorizationRequest:
    wanted = asked(changes, who)
    return parse(wanted, find_redirect_uri(wanted), lambda hint, _client: f"sub of {hint}")


def test_a_good_request_is_read_and_kept() -> None:
    request = parsed(
        {
            "scope": "phone openid offline_access email unknown",
            "nonce": "n",
            "prompt": "login consent",
            "max_age": "60",
            "acr_values": "urn:yitong:acr:3 urn:yitong:acr:2",
            "ui_locales": "zh-Hant en",
            "id_token_hint": "token",
            "login_hint": "11010519491231002X",
            "surprise": "ignored",
        }
    )
    assert request == AuthorizationRequest(
        client_id="hall",
        redirect_uri=CALLBACK,
        scopes=("openid", "phone"),
        state="s",
        response_mode="query",
        nonce="n",
        code_challenge="c" * 43,
        prompt=("login", "consent"),
        max_age=60,
        acr_values=("urn:yitong:acr:3", "urn:yitong:acr:2"),
        essential_acr=(),
        ui_locales=("zh-Hant", "en"),
        hinted_sub="sub of token",
    )
    assert AuthorizationRequest.from_json(json.loads(json.dumps(request.to_json()))) == request
    assert "11010519491231002X" not in json.dumps(request.to_json())


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, errors.InvalidRequest),
        ({"response_type": "token"}, errors.UnsupportedResponseType),
        ({"response_type": "code id_token"}, errors.UnsupportedResponseType),
        ({"response_mode": "web_message"}, errors.InvalidRequest),
        ({"scope": None}, errors.InvalidScope),
        ({"scope": "profile"}, errors.InvalidScope),
        ({"scope": "openid resident_number"}, errors.InvalidScope),
        ({"code_challenge": None}, errors.InvalidRequest),
        ({"code_challenge_method": None}, errors.InvalidRequest),
        ({"code_challenge_method": "plain"}, errors.InvalidRequest),
        ({"code_challenge": "c" * 42}, errors.InvalidRequest),
        ({"code_challenge": "c" * 42 + "="}, errors.InvalidRequest),
        ({"prompt": "sign_up"}, errors.InvalidRequest),
        ({"prompt": "none create"}, errors.InvalidRequest),
        ({"prompt": "none login"}, errors.InvalidRequest),
        ({"max_age": "-1"}, errors.InvalidRequest),
        ({"max_age": "1.5"}, errors.InvalidRequest),
        ({"max_age": "٣"}, errors.InvalidRequest),
        ({"max_age": "9" * 10}, errors.InvalidRequest),
        ({"claims": "{"}, errors.InvalidRequest),
        ({"claims": "[" * 4000}, errors.InvalidRequest),
        ({"claims": "[]"}, errors.InvalidRequest),
        ({"claims": '{"id_token": 1}'}, errors.InvalidRequest),
        ({"claims": '{"id_token": {"acr": {"essential": true, "values": [3]}}}'}, errors.InvalidRequest),
        ({"registration": "{}"}, errors.RegistrationNotSupported),
        ({"state": "s" * 4097}, errors.InvalidRequest),
    ],
)
def test_a_rule_that_is_broken_has_its_error(
    changes: dict[str, str | None], error: type[errors.ProtocolError]
) -> None:
    with pytest.raises(error):
        parsed(changes)


def test_a_parameter_that_comes_twice_is_refused() -> None:
    twice = Parameters({**asked().parameters.values, "nonce": ("a", "b")})
    with pytest.raises(errors.InvalidRequest, match="more than once"):
        parse(Asked(twice, client()), CALLBACK, lambda _hint, _client: "")


def test_only_a_confidential_client_that_says_so_may_leave_pkce_out() -> None:
    lax = client(require_pkce=False)
    assert parsed({"code_challenge": None, "code_challenge_method": None}, lax).code_challenge is None
    with pytest.raises(errors.InvalidRequest):
        parsed({"code_challenge": None}, lax)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"id_token": {"acr": {"essential": True, "values": ["a", "b"]}}}, ("a", "b")),
        ({"id_token": {"acr": {"essential": True, "value": "a"}}}, ("a",)),
        ({"id_token": {"acr": {"essential": True}}}, ()),
        ({"id_token": {"acr": {"values": ["a"]}}}, ()),
        ({"id_token": {"acr": None}, "userinfo": {"name": None}, "other": {}}, ()),
    ],
)
def test_an_essential_acr_is_read_from_the_claims_parameter(
    claims: dict[str, object], expected: tuple[str, ...]
) -> None:
    assert parsed({"claims": json.dumps(claims)}).essential_acr == expected


@pytest.mark.parametrize("values", [{}, {"client_id": ("nobody",)}, {"client_id": ("hall", "hall")}])
def test_an_error_of_the_client_is_shown(values: dict[str, tuple[str, ...]]) -> None:
    known = {"hall": client()}
    with pytest.raises(Shown):
        find_client(Parameters(values), known.get)


@pytest.mark.parametrize(
    "uri",
    [
        None,
        CALLBACK + "/",
        CALLBACK + "?x=1",
        CALLBACK + "#f",
        "https://hall.example/callbac%6b",
        "https://hall.example/x/../callback",
        "https://user@hall.example/callback",
        "https://hall.example:443/callback",
        "HTTPS://hall.example/callback",
        "http://hall.example/callback",
        "https://hall.example.evil.example/callback",
        "https://evil.example/?https://hall.example/callback",
        "https://hall.example\\@evil.example/callback",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_is_not_registered_is_shown_and_never_gone_to(uri: str | None) -> None:
    with pytest.raises(Shown):
        find_redirect_uri(asked({"redirect_uri": uri}))


def test_two_addresses_are_none() -> None:
    twice = Parameters({"redirect_uri": (CALLBACK, "https://evil.example/")})
    with pytest.raises(Shown):
        find_redirect_uri(Asked(twice, client()))


@given(
    st.dictionaries(st.sampled_from([*GOOD, "claims", "prompt", "max_age", "nonce"]), st.text(max_size=60))
)
def test_whatever_comes_is_a_request_or_an_error_of_the_specification(changes: dict[str, str]) -> None:
    try:
        request = parsed(dict(changes))
    except (errors.ProtocolError, Shown):
        return
    assert request.redirect_uri == CALLBACK
    assert "openid" in request.scopes
    assert set(request.scopes) <= {"openid", "profile", "phone"}
