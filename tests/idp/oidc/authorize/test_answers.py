"""Every response mode brings the same answer, and none of them lets another site have it."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask

from idp.oidc.authorize.answers import Answer, FormPost
from idp.oidc.clients.fields.request import RESPONSE_MODES
from idp.oidc.http import Response
from idp.oidc.keys.jwt import AUTHORIZATION_RESPONSE, ID_TOKEN, NotOurToken
from tests.idp.oidc.world import HALL, REDIRECT_URIS, TAX, World, location_of, path_of

CALLBACK = REDIRECT_URIS[HALL]


def agreed(world: World, **changes: str) -> Answer:
    world.sign_in()
    response = world.authorize(**changes)
    if isinstance(response, Response) and path_of(response) == "/consent":
        return world.agree(response)
    return response


def carried(answer: Answer, mode: str) -> dict[str, str]:
    """What the client gets, taken from where its mode says."""
    if mode.startswith("form_post"):
        assert isinstance(answer, FormPost)
        assert answer.action == CALLBACK
        return dict(answer.fields)
    assert isinstance(answer, Response)
    assert answer.status == 303
    parts = urlsplit(location_of(answer))
    assert location_of(answer).startswith(CALLBACK)
    where = parts.fragment if mode.startswith("fragment") else parts.query
    assert (parts.query if mode.startswith("fragment") else parts.fragment) == ""
    return dict(parse_qsl(where))


def opened(world: World, fields: dict[str, str], mode: str) -> dict[str, str]:
    if not mode.endswith("jwt"):
        return fields
    assert fields.keys() == {"response"}
    claims = world.provider.keys.current().read(fields["response"], typ=AUTHORIZATION_RESPONSE)
    assert claims.pop("aud") == HALL
    assert 0 < claims.pop("exp") - claims.pop("iat") <= 600  # JARM section 2.1
    return claims


@pytest.mark.parametrize("mode", RESPONSE_MODES)
def test_a_code_comes_in_the_mode_asked_for(world: World, mode: str) -> None:
    fields = opened(world, carried(agreed(world, response_mode=mode), mode), mode)
    assert fields.keys() == {"code", "state", "iss", "session_state"}
    assert (fields["state"], fields["iss"]) == ("the-state", world.provider.issuer)
    assert world.token(fields["code"]).status == 200


@pytest.mark.parametrize("mode", RESPONSE_MODES)
def test_an_error_comes_in_the_mode_asked_for(world: World, mode: str) -> None:
    for changes, beside in (({"prompt": "none"}, {"session_state"}), ({"max_age": "soon"}, set())):
        fields = opened(world, carried(world.authorize(response_mode=mode, **changes), mode), mode)
        assert fields.keys() == {"error", "error_description", "state", "iss", *beside}


@pytest.mark.parametrize("mode", ["", "form_pos", "web_message", "FORM_POST", "jwt.query"])
def test_an_unknown_mode_is_told_in_the_default_one(world: World, mode: str) -> None:
    answer = world.authorize(response_mode=mode)
    if mode:
        assert carried(answer, "query")["error"] == "invalid_request"
    else:
        assert isinstance(answer, Response)
        assert path_of(answer) == "/login"


def test_the_algorithm_is_the_registered_one(world: World) -> None:
    from idp.oidc.clients.models import ClientRecord

    with world.provider.sessions.begin() as session:
        record = session.get_one(ClientRecord, HALL)
        record.metadata_json = {**record.metadata_json, "authorization_signed_response_alg": "ES256"}
    token = carried(agreed(world, response_mode="jwt"), "query")["response"]
    ring = world.provider.keys.current()
    header = token.partition(".")[0]
    assert ring.by_header[header].algorithm == "ES256"


def test_a_signed_answer_is_no_id_token(world: World) -> None:
    token = carried(agreed(world, response_mode="jwt"), "query")["response"]
    with pytest.raises(NotOurToken):
        world.provider.keys.current().read(token, typ=ID_TOKEN)
    fields = carried(world.authorize(id_token_hint=token), "query")
    assert fields["error"] == "invalid_request"


def test_the_answer_to_one_client_is_not_for_another(world: World) -> None:
    """Mix-up (RFC 9207, JARM section 4.4): the audience is inside what is signed."""
    world.sign_in(level=3, method="face")
    response = world.authorize(TAX, response_mode="jwt")
    assert isinstance(response, Response)
    fields = dict(parse_qsl(urlsplit(location_of(world.agree(response))).query))
    claims = world.provider.keys.current().read(fields["response"], typ=AUTHORIZATION_RESPONSE)
    assert claims["aud"] == TAX


def test_the_page_posts_to_the_client_and_may_post_nowhere_else(app: Flask, app_world: World) -> None:
    client = app.test_client()
    query = {
        "client_id": HALL,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
        "response_mode": "form_post",
        "prompt": "none",
        "state": '"><script>alert(1)</script>',
    }
    page = client.get("/oauth2/authorize", query_string=query, base_url="https://id.example")
    assert page.status_code == 200
    assert f'action="{CALLBACK}"' in page.text
    assert "<script>alert" not in page.text
    assert "&#34;&gt;&lt;script&gt;alert(1)" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "form-action 'self' http://hall.localhost:8001" in policy
    assert "'unsafe-inline'" not in policy
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
