"""Attacks on the way to a code and back (RFC 9700 sections 4.1 to 4.5, 4.8, 4.11)."""

import json
import re
from urllib.parse import urlencode

import pytest
from flask import Flask

from idp.oidc.authorize.addressing import Shown
from idp.oidc.authorize.checks import CHARACTERS_AT_MOST
from idp.oidc.http import BODY_BYTES_AT_MOST, FORM
from tests.idp.oidc.attacks.conftest import ORIGIN
from tests.idp.oidc.world import (
    HALL,
    REDIRECT_URIS,
    SECRETS,
    SPA,
    TAX,
    World,
    basic,
    challenge_of,
    fields_of,
    location_of,
)

TOKEN = "/oauth2/token"
OTHER_VERIFIER = "w" * 43


def error_of(response: object) -> str:
    return str(json.loads(getattr(response, "body"))["error"])  # noqa: B009


def test_mix_up(world: World) -> None:
    """RFC 9207: every answer names who gave it, so a client of several providers takes it to no other."""
    world.sign_in()
    answers = [world.agree(world.authorize()), world.authorize(prompt="none"), world.authorize(scope="phone")]
    for answer in answers:
        assert fields_of(answer)["iss"] == world.provider.issuer
    errors = [fields_of(answer).get("error") for answer in answers]
    assert errors == [None, None, "invalid_scope"]


def test_authorization_code_injection(world: World) -> None:
    """Section 4.5: a victim's code in the attacker's own sign-in is redeemed with the attacker's verifier."""
    world.sign_in()
    stolen = world.code()
    assert error_of(world.token(stolen, code_verifier=OTHER_VERIFIER)) == "invalid_grant"
    # And is spent by it.
    assert error_of(world.token(stolen)) == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": "a" * 42},
        {"code_challenge": ""},
    ],
)
def test_pkce_downgrade(world: World, changes: dict[str, str | None]) -> None:
    """Section 4.8: what the attacker takes out of the request is missed."""
    world.sign_in()
    assert fields_of(world.authorize(**changes))["error"] == "invalid_request"


def test_pkce_downgrade_at_the_token_endpoint(world: World) -> None:
    """A verifier for another challenge, none, and one that is no verifier."""
    world.sign_in()
    for verifier in (OTHER_VERIFIER, None, "v", challenge_of("v" * 43)):
        assert error_of(world.token(world.code(), code_verifier=verifier)) == "invalid_grant"


REGISTERED = REDIRECT_URIS[HALL]
TRICKS = {
    "encoding": REGISTERED.replace("callback", "%63allback"),
    "encoded slash": REGISTERED.replace("/callback", "%2fcallback"),
    "double encoding": REGISTERED + "%252f",
    "upper case": REGISTERED.replace("callback", "Callback"),
    "path": REGISTERED + "/more",
    "path that climbs": REGISTERED + "/../elsewhere",
    "path parameters": REGISTERED + ";x=y",
    "query": REGISTERED + "?next=https://evil.example",
    "fragment": REGISTERED + "#access_token=x",
    "empty fragment": REGISTERED + "#",
    "userinfo": REGISTERED.replace("http://", "http://hall.localhost:8001@evil.example/"),
    "userinfo before the host": REGISTERED.replace("http://", "http://evil@"),
    "backslash": REGISTERED.replace("/callback", "\\@evil.example/callback"),
    "subdomain": REGISTERED.replace("hall.", "evil.hall."),
    "suffix": REGISTERED.replace("localhost", "localhost.evil.example"),
    "wildcard": "http://*.localhost:8001/callback",
    "port": REGISTERED.replace("8001", "8002"),
    "scheme": REGISTERED.replace("http://", "https://"),
    "no scheme": REGISTERED.removeprefix("http:"),
    "script": "javascript:alert(1)",
    "data": "data:text/html,x",
    "another client's": REDIRECT_URIS[TAX],
    "line break": REGISTERED + "\r\nSet-Cookie: a=b",
    "tab": "\t" + REGISTERED,
    "nothing": "",
}


@pytest.mark.parametrize("trick", TRICKS)
def test_redirect_uri_manipulation(app: Flask, trick: str) -> None:
    """Section 4.1: compared as a string; in doubt the person sees a page, and the browser goes nowhere."""
    query = urlencode(
        {"client_id": HALL, "redirect_uri": TRICKS[trick], "response_type": "code", "scope": "openid"}
    )
    answer = app.test_client().get(f"/oauth2/authorize?{query}", base_url=ORIGIN)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert not re.search(r"""(href|src|action|url)\s*=\s*["']?(https?:)?//[^"'/]*evil""", answer.text)


def test_open_redirector(world: World) -> None:
    """Section 4.11.2: an error goes to a registered address alone, and never before the client is known."""
    with pytest.raises(Shown):
        world.authorize("nobody", redirect_uri="https://evil.example/")
    answer = world.authorize(response_type="token")
    assert location_of(answer).startswith(REGISTERED + "?")


def test_cross_client_code(world: World) -> None:
    """Section 4.5: a code is its client's own, whoever gets hold of it."""
    world.sign_in()
    stolen = world.code()
    values = {"grant_type": "authorization_code", "code": stolen, "code_verifier": "v" * 43}
    for redirect_uri in (REDIRECT_URIS[HALL], REDIRECT_URIS[TAX]):
        answer = world.post(
            TOKEN, {**values, "redirect_uri": redirect_uri}, authorization=basic(TAX, SECRETS[TAX])
        )
        assert error_of(answer) == "invalid_grant"


def test_cross_client_refresh(world: World) -> None:
    """RFC 6749 section 6; and the grant of the victim lives on, or a stranger could end it."""
    world.sign_in()
    code = world.code(scope="openid offline_access", prompt="consent")
    refresh = {"grant_type": "refresh_token"}
    refresh["refresh_token"] = json.loads(world.token(code).body)["refresh_token"]
    with world.provider.sessions.begin() as session:
        from idp.oidc.clients.models import ClientRecord

        tax = session.get_one(ClientRecord, TAX)
        granted = ["authorization_code", "refresh_token"]
        tax.metadata_json = {**tax.metadata_json, "grant_types": granted}
    thief = world.post(TOKEN, refresh, authorization=basic(TAX, SECRETS[TAX]))
    assert error_of(thief) == "invalid_grant"
    owner = world.post(TOKEN, refresh, authorization=basic(HALL, SECRETS[HALL]))
    assert owner.status == 200


@pytest.mark.parametrize("name", ["state", "nonce", "claims", "ui_locales", "made_up"])
def test_oversized_parameters(world: World, name: str) -> None:
    answer = world.authorize(**{name: "x" * (CHARACTERS_AT_MOST + 1)})
    assert fields_of(answer)["error"] == "invalid_request"


def test_oversized_bodies(app: Flask) -> None:
    for path in ("/oauth2/token", "/oauth2/par", "/oauth2/introspect", "/oauth2/revoke", "/oauth2/authorize"):
        body = "a=" + "x" * BODY_BYTES_AT_MOST
        answer = app.test_client().post(path, base_url=ORIGIN, data=body, content_type=FORM)
        assert answer.status_code == 413, path


def test_too_many_parameters(app: Flask) -> None:
    body = "&".join(f"p{serial}=x" for serial in range(1000))
    answer = app.test_client().post("/oauth2/token", base_url=ORIGIN, data=body, content_type=FORM)
    assert answer.status_code == 400


DUPLICATED = ("client_id", "redirect_uri", "scope", "state", "code_challenge", "response_type", "nonce")


@pytest.mark.parametrize("name", DUPLICATED)
def test_duplicated_parameters(app: Flask, name: str) -> None:
    """RFC 6749 section 3.1. One reader takes the first, another the last: nobody takes either."""
    asked = {
        "client_id": HALL,
        "redirect_uri": REGISTERED,
        "response_type": "code",
        "scope": "openid",
        "state": "s",
        "nonce": "n",
        "code_challenge": challenge_of("v" * 43),
        "code_challenge_method": "S256",
    }
    query = urlencode([*asked.items(), (name, "evil")])
    answer = app.test_client().get(f"/oauth2/authorize?{query}", base_url=ORIGIN)
    if name in {"client_id", "redirect_uri"}:
        assert answer.status_code == 400
    else:
        assert "error=invalid_request" in answer.location
        assert answer.location.startswith(REGISTERED)
    assert "evil" not in answer.headers.get("Location", "")


def test_duplicated_parameters_in_a_form(app: Flask) -> None:
    body = "grant_type=authorization_code&grant_type=client_credentials&code=x"
    headers = {"Authorization": basic(HALL, SECRETS[HALL])}
    answer = app.test_client().post(TOKEN, base_url=ORIGIN, data=body, content_type=FORM, headers=headers)
    assert answer.get_json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", "application/xml"]
)
@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/par", "/oauth2/introspect", "/oauth2/revoke"])
def test_content_type_confusion(app: Flask, path: str, content_type: str) -> None:
    """A body that two readers understand differently is read by none."""
    body = urlencode({"grant_type": "client_credentials", "client_id": SPA, "token": "x"})
    answer = app.test_client().post(path, base_url=ORIGIN, data=body, content_type=content_type)
    assert answer.status_code in {400, 401}
    assert answer.get_json()["error"] in {"invalid_request", "invalid_client"}


def test_parameters_in_the_address_of_the_token_endpoint(app: Flask) -> None:
    """RFC 6749 section 3.2: they would lie in every log on the way."""
    query = urlencode({"client_id": HALL, "client_secret": SECRETS[HALL], "grant_type": "client_credentials"})
    answer = app.test_client().post(f"{TOKEN}?{query}", base_url=ORIGIN, content_type=FORM)
    assert answer.status_code in {400, 401}
