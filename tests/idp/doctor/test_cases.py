"""Each case by a real request: what the provider refuses, the doctor explains."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from idp.audit.context import AuditContext
from idp.crypto.digests import digest
from idp.oidc.authorize import endpoint
from idp.oidc.authorize.addressing import Shown
from idp.oidc.clients.changes.history import OPERATOR
from idp.oidc.clients.credentials import named_secrets
from idp.oidc.clients.credentials.client_secrets import ClientSecret
from idp.oidc.http import Response
from tests.idp.doctor.patient import body, change, of, shown, verdicts, words
from tests.idp.oidc.clients.signing import ISSUER, claims_of, jwks_of, new_key, signed
from tests.idp.oidc.conftest import (
    clock,
    configuration,
    engine,
    master_document,
    master_keys,
    prepared,
    world,
)
from tests.idp.oidc.world import BROWSER, HALL, SECRETS, SPA, TAX, VERIFIER, World, basic

__all__ = ["clock", "configuration", "engine", "master_document", "master_keys", "prepared", "world"]

KEY = new_key()
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def address_shown(world: World, **changes: str | None) -> tuple[str, str]:
    """The case of a request whose error is a page, and its words."""
    asked = world.authorization(HALL, **changes)
    with pytest.raises(Shown) as raised:
        endpoint.authorize(world.provider, asked, BROWSER)
    found = shown(world, asked, raised.value)
    return found.case, words(found)


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("http://hall.localhost:8001/callback/", "slash at the end that is not registered"),
        ("http://hall.localhost:8001/Callback", "Capital and small letters differ in the path"),
        ("http://hall.localhost:8002/callback", "port is 8002; it has to be 8001"),
        ("https://hall.localhost:8001/callback", "scheme is https; it has to be http"),
        ("http://hall.localhost:8001/call%62ack", "percent-encoded in another way"),
        ("http://hall.localhost:8001/c\u0430llback", "CYRILLIC SMALL LETTER A"),
        ("http://hall.localhost:8001/callback ", "blanks or line breaks"),
        ("http://hall.localhost:8001//callback", "two slashes"),
        ("http://hall.localhost:8001/callback?next=1", "queries differ"),
        ("http://hall.localhost:8001/callback#x", "fragment"),
        ("http://HALL.localhost:8001/callback", "differ in the host"),
        ("http://halle.localhost:8001/callback", "The host is halle.localhost"),
    ],
)
def test_a_redirect_uri_is_compared_with_the_nearest_registered(world: World, uri: str, says: str) -> None:
    case, said = address_shown(world, redirect_uri=uri)
    assert case == "redirect-uri-not-registered"
    assert says in said


@pytest.mark.parametrize(
    ("registered", "given", "says"),
    [
        (
            "http://127.0.0.1:8001/cb",
            "http://localhost:8001/cb",
            "two addresses, though both lead to this machine",
        ),
        ("https://a.example/cb", "http://a.example/cb", "X-Forwarded-Proto"),
        ("https://a.example/cb", "https://a.example:443/cb", "default port"),
        ("https://a.example/cb/", "https://a.example/cb", "slash at the end is missing"),
    ],
)
def test_what_is_registered_otherwise_is_said(world: World, registered: str, given: str, says: str) -> None:
    change(world, HALL, redirect_uris=[registered], application_type="native")
    assert says in address_shown(world, redirect_uri=given)[1]


def test_of_an_unknown_client_the_nearest_of_ones_own_is_named(world: World) -> None:
    case, said = address_shown(world, client_id="halll")
    assert case == "client-unknown"
    assert "client_id" in said
    asked = world.authorization(HALL, client_id="halll")
    with pytest.raises(Shown) as raised:
        endpoint.authorize(world.provider, asked, BROWSER)
    found = shown(world, asked, raised.value)
    assert found.diff is not None
    assert found.diff.registered == HALL


Ask = Callable[[World], Response]
AUTHORIZATION: list[tuple[str, dict[str, str | None], str]] = [
    ("code-challenge-missing", {"code_challenge": None, "code_challenge_method": None}, "did not come"),
    ("code-challenge-method", {"code_challenge_method": "plain"}, "says plain"),
    ("code-challenge-method", {"code_challenge_method": None}, "did not come"),
    ("code-challenge-misshapen", {"code_challenge": "ab" * 32}, "hexadecimal"),
    ("code-challenge-misshapen", {"code_challenge": "+" * 42 + "/="}, "base64"),
    ("response-type-missing", {"response_type": None}, "response_type"),
    ("response-type-not-code", {"response_type": "id_token"}, "Not allowed: id_token"),
    ("response-mode-not-allowed", {"response_mode": "web_message"}, "web_message"),
    ("scope-without-openid", {"scope": "profile"}, "openid"),
    ("scope-not-allowed", {"scope": "openid age"}, "Not allowed: age"),
    ("prompt-unknown", {"prompt": "reauth"}, "Not allowed: reauth"),
    ("prompt-none-alone", {"prompt": "none login"}, "alone"),
    ("login-required", {"prompt": "none"}, "nobody is signed in"),
    ("display-unknown", {"display": "watch"}, "display"),
    ("max-age-misshapen", {"max_age": "1h"}, "seconds"),
    ("claims-misshapen", {"claims": "{"}, "JSON"),
    ("dpop-jkt-misshapen", {"dpop_jkt": "x"}, "thumbprint"),
    ("registration-in-request", {"registration": "{}"}, "registration"),
    ("resource-unknown", {"resource": "https://nobody.example"}, "resource"),
    ("id-token-hint", {"id_token_hint": "a.b.c"}, "id_token"),
    ("parameter-too-long", {"nonce": "n" * 5000}, "longer"),
    (
        "level-unreachable",
        {"claims": '{"id_token":{"acr":{"essential":true,"values":["urn:yitong:acr:9"]}}}'},
        "highest level here is 4",
    ),
]


@pytest.mark.parametrize(("case", "changes", "says"), AUTHORIZATION)
def test_an_authorization_request_that_breaks_a_rule(
    world: World, case: str, changes: dict[str, str | None], says: str
) -> None:
    found = of(world, world.authorize(HALL, **changes))
    assert found.case == case
    assert says in words(found)
    for name, value in changes.items():
        wrong = verdicts(found).get(name)
        assert (
            wrong in {"wrong", "missing"}
            or name not in set(verdicts(found))
            or value is None
            or name == "claims"
        )


def code_request(world: World, **changes: str | None) -> Response:
    world.sign_in()
    return world.token(world.code(), **changes)


def test_a_code_that_comes_late_is_late_by_seconds(world: World) -> None:
    world.sign_in()
    code = world.code()
    world.clock.advance(72)
    found = of(world, world.token(code))
    assert found.case == "code-expired"
    assert "It came 12 s after its end" in words(found)


def test_a_code_that_comes_twice(world: World) -> None:
    world.sign_in()
    code = world.code()
    assert world.token(code).status == 200
    assert of(world, world.token(code)).case == "code-replayed"
    assert of(world, world.token("never")).case == "code-unknown"


def test_a_code_of_another_app(world: World) -> None:
    world.sign_in()
    code = world.code()
    given = {"client_id": SPA, "grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    assert of(world, world.post("/oauth2/token", given)).case == "code-of-another"


@pytest.mark.parametrize(
    ("case", "changes", "says"),
    [
        (
            "redirect-uri-differs",
            {"redirect_uri": "http://hall.localhost:8001/callback/"},
            "slash at the end",
        ),
        ("verifier-misshapen", {"code_verifier": None}, "did not come"),
        ("verifier-misshapen", {"code_verifier": "short"}, "5 characters; at least 43"),
        ("verifier-misshapen", {"code_verifier": "v" * 129}, "at most 128"),
        ("verifier-misshapen", {"code_verifier": "v" * 42 + "!"}, "characters that it may not have"),
        ("verifier-mismatch", {"code_verifier": digest(VERIFIER)}, "code_challenge itself"),
        ("verifier-mismatch", {"code_verifier": "w" * 43}, "belongs to another challenge"),
        ("grant-type-missing", {"grant_type": "password"}, "grant_type"),
        ("grant-type-not-registered", {"grant_type": "client_credentials"}, "does not have"),
        ("token-parameter-missing", {"code": None}, "did not come"),
    ],
)
def test_a_token_request_that_breaks_a_rule(
    world: World, case: str, changes: dict[str, str | None], says: str
) -> None:
    found = of(world, code_request(world, **changes))
    assert found.case == case
    assert says in words(found)


def test_a_challenge_that_was_hashed_twice(world: World) -> None:
    world.sign_in()
    code = world.code(HALL, code_challenge=digest(digest(VERIFIER)))
    assert "digest of a digest" in words(of(world, world.token(code)))


@pytest.mark.parametrize(
    ("secret", "says"),
    [
        ("hall-secret\n", "Without the blanks"),
        ("wrong", "not like any"),
        ("", "empty"),
        (quote(quote("hall-secret", safe="")).replace("-", "%252D"), "encoded once less"),
    ],
)
def test_a_wrong_secret_and_the_mistake_behind_it(world: World, secret: str, says: str) -> None:
    found = of(world, world.post("/oauth2/token", {"grant_type": "x"}, authorization=basic(HALL, secret)))
    assert found.case == "wrong-secret"
    assert says in words(found)
    assert found.field == "client_secret"


def test_an_expired_secret_is_named_as_such(world: World) -> None:
    with world.provider.sessions.begin() as session:
        for row in session.query(ClientSecret).filter_by(client_id=HALL):
            row.expires_at = world.clock() - timedelta(days=1)
            row.label = "second server"
    world.provider.clients.forget(HALL)
    header = basic(HALL, SECRETS[HALL])
    found = of(world, world.post("/oauth2/token", {"grant_type": "x"}, authorization=header))
    assert found.case == "secret-expired"
    assert f"“second server”, which expired on {world.clock() - timedelta(days=1):%Y-%m-%d}" in words(found)


def test_a_revoked_secret_is_named_and_leads_to_the_page_of_secrets(world: World) -> None:
    with world.provider.sessions.begin() as session:
        [row] = session.query(ClientSecret).filter_by(client_id=HALL)
        context = AuditContext(at=world.clock())
        named_secrets.revoke(session, HALL, row.id, actor=OPERATOR, context=context)
    world.provider.clients.forget(HALL)
    header = basic(HALL, SECRETS[HALL])
    found = of(world, world.post("/oauth2/token", {"grant_type": "x"}, authorization=header))
    assert found.case == "secret-revoked"
    assert f"“Made with the app”, which was revoked on {world.clock():%Y-%m-%d}" in words(found)
    assert found.field == "client_secret"


@pytest.mark.parametrize(
    ("case", "values", "header"),
    [
        ("other-method", {"client_id": HALL, "client_secret": "hall-secret"}, None),
        ("client-unknown-here", {"client_id": "nobody"}, None),
        ("authentication-missing", {}, None),
        ("two-methods", {"client_id": HALL, "client_secret": "x"}, basic(HALL, "x")),
        ("client-ids-differ", {"client_id": TAX}, basic(HALL, "hall-secret")),
        ("header-unreadable", {}, "Bearer abc"),
        ("header-unreadable", {}, "Basic ???"),
        ("assertion-type", {"client_assertion": "a.b.c"}, None),
        ("assertion-misshapen", {"client_assertion": "abc", "client_assertion_type": ASSERTION}, None),
    ],
)
def test_client_authentication_that_fails(
    world: World, case: str, values: dict[str, str | None], header: str | None
) -> None:
    headers = {} if header is None else {"authorization": header}
    assert of(world, world.post("/oauth2/token", {"grant_type": "x", **values}, **headers)).case == case


def asserted(
    world: World, algorithm: str = "ES256", header: dict[str, Any] | None = None, **changes: Any
) -> Response:
    change(world, HALL, token_endpoint_auth_method="private_key_jwt", jwks=jwks_of(KEY))
    assertion = signed(KEY, claims_of(HALL, world.clock(), **changes), **(header or {}))
    values: dict[str, str | None] = {"client_assertion": assertion, "client_assertion_type": ASSERTION}
    return world.post("/oauth2/token", {"grant_type": "x", **values})


def test_an_assertion_of_a_clock_that_is_ahead(world: World) -> None:
    found = of(world, asserted(world, iat=int(world.clock().timestamp()) + 95))
    assert found.case == "assertion-dates"
    assert "your clock is about 94 s ahead" in words(found) or "about 95 s ahead" in words(found)


@pytest.mark.parametrize(
    ("case", "changes", "header", "says"),
    [
        ("assertion-audience", {"aud": "https://id.example/"}, {}, ISSUER),
        ("assertion-issuer", {"iss": "another"}, {}, "hall"),
        ("assertion-dates", {"exp": 1_000}, {}, "after its end"),
        ("assertion-dates", {"exp": None}, {}, "exp did not come"),
        ("assertion-dates", {"iat": 1_900_000_000_000}, {}, "milliseconds"),
        ("assertion-reused", {"jti": None}, {}, "jti"),
        ("assertion-key", {}, {"kid": "other"}, "names the key other"),
    ],
)
def test_an_assertion_that_breaks_a_rule(
    world: World, case: str, changes: dict[str, Any], header: dict[str, Any], says: str
) -> None:
    found = of(world, asserted(world, header=header, **changes))
    assert found.case == case
    assert says in words(found)


def test_an_assertion_that_comes_twice(world: World) -> None:
    jti: dict[str, Any] = {"jti": "the same"}
    asserted(world, **jti)
    assert of(world, asserted(world, **jti)).case == "assertion-reused"


def test_a_request_object_whose_key_is_not_known_says_which_are(world: World) -> None:
    change(world, HALL, jwks=jwks_of(KEY))
    claims = {"client_id": HALL, "iss": HALL, "aud": ISSUER}
    given = world.get(endpoint.PATH, {"client_id": HALL, "request": signed(KEY, claims, kid="gone")})
    with pytest.raises(Shown) as raised:
        endpoint.authorize(world.provider, given, BROWSER)
    found = shown(world, given, raised.value)
    assert found.case == "request-object-key"
    assert f"names the key gone for ES256. Keys known of the app: {KEY.kid}." in words(found)


def test_a_jwks_uri_that_answers_with_an_error_is_told_with_the_time(world: World) -> None:
    change(world, HALL, jwks_uri="https://127.0.0.1:1/jwks")
    claims = {"client_id": HALL, "iss": HALL, "aud": ISSUER}
    given = world.get(endpoint.PATH, {"client_id": HALL, "request": signed(KEY, claims)})
    with pytest.raises(Shown) as raised:
        endpoint.authorize(world.provider, given, BROWSER)
    said = words(shown(world, given, raised.value))
    assert "jwks_uri was last asked at 2026-11-22 16:00:00 UTC+8." in said
    assert "has to be public" in said


def push(world: World, **changes: str | None) -> Response:
    asked = {name: values[0] for name, values in world.authorization(HALL, **changes).query.values.items()}
    return world.post("/oauth2/par", {**asked, "client_id": None}, authorization=basic(HALL, SECRETS[HALL]))


def recall(world: World, request_uri: str, client_id: str = HALL) -> tuple[str, str]:
    asked = world.get(endpoint.PATH, {"client_id": client_id, "request_uri": request_uri})
    with pytest.raises(Shown) as raised:
        endpoint.authorize(world.provider, asked, BROWSER)
    found = shown(world, asked, raised.value)
    return found.case, words(found)


def test_what_was_pushed_and_came_late_twice_or_from_another(world: World) -> None:
    request_uri = body(push(world))["request_uri"]
    assert recall(world, request_uri, TAX)[0] == "pushed-by-another"
    world.sign_in()
    code_or_page = world.authorize(HALL, request_uri=request_uri)
    world.agree(code_or_page)
    assert recall(world, request_uri)[0] == "pushed-used"
    late = body(push(world))["request_uri"]
    world.clock.advance(300 + 41)
    case, said = recall(world, late)
    assert case == "pushed-expired"
    assert "It came 41 s after its end" in said


def test_a_request_that_was_to_be_pushed_or_signed(world: World) -> None:
    change(world, HALL, require_pushed_authorization_requests=True)
    assert address_shown(world)[0] == "must-push"
    assert of(world, push(world, redirect_uri="https://evil.example/")).case == "redirect-uri-not-registered"
