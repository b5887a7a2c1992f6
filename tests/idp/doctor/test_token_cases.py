"""The cases of proofs, tokens and signing out, each by a real request."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256

from idp.crypto.digests import base64url
from idp.oidc.authorize import endpoint
from idp.oidc.authorize.addressing import Shown
from idp.oidc.http import Request, Response
from idp.oidc.logout import rp_initiated
from tests.idp.doctor.patient import body, change, of, shown, words
from tests.idp.oidc.clients.certificates import NAMES, call, certificate, jwk_of
from tests.idp.oidc.clients.signing import new_key
from tests.idp.oidc.conftest import (
    clock,
    configuration,
    engine,
    master_document,
    master_keys,
    prepared,
    world,
)
from tests.idp.oidc.token.proving import look, proof, redeem
from tests.idp.oidc.world import BROWSER, HALL, SECRETS, SPA, TAX, World, basic

__all__ = ["clock", "configuration", "engine", "master_document", "master_keys", "prepared", "world"]

KEY = new_key()
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def dpop_token(world: World) -> str:
    world.sign_in()
    token: str = body(redeem(world, HALL, world.code(), proof(world, KEY)))["access_token"]
    return token


@pytest.mark.parametrize(
    ("case", "changes", "says"),
    [
        ("dpop-htm-htu", {"htm": "GET"}, "It has to be POST"),
        ("dpop-htm-htu", {"htu": "https://id.example/oauth2/tokens"}, "https://id.example/oauth2/token"),
        ("dpop-iat", {"iat": 1_000}, "in the past"),
        ("dpop-reused", {"jti": None}, "jti"),
        ("dpop-misshapen", {"header": {"typ": "JWT"}}, "dpop+jwt"),
    ],
)
def test_a_proof_that_breaks_a_rule(world: World, case: str, changes: dict[str, Any], says: str) -> None:
    world.sign_in()
    found = of(world, redeem(world, HALL, world.code(), proof(world, KEY, **changes)))
    assert found.case == case
    assert says in words(found)


def test_a_proof_of_a_clock_that_is_ahead(world: World) -> None:
    world.sign_in()
    made = proof(world, KEY, iat=int(world.clock().timestamp()) + 121)
    found = of(world, redeem(world, HALL, world.code(), made))
    assert "your clock is about 121 s ahead of ours; 30 s are allowed" in words(found)


def test_a_proof_where_a_token_is_used(world: World) -> None:
    token = dpop_token(world)
    userinfo = "/oauth2/userinfo"
    assert of(world, look(world, token, proof(world, KEY, userinfo))).case == "dpop-ath"
    made = proof(world, KEY, userinfo, token=token)
    assert look(world, token, made).status == 200
    assert of(world, look(world, token, made)).case == "dpop-reused"
    other = proof(world, new_key(), userinfo, token=token)
    assert of(world, look(world, token, other)).case == "access-bound"
    assert of(world, look(world, token, None, "Bearer")).case == "access-bound"
    assert of(world, look(world, token, None)).case == "dpop-needed"


def test_userinfo_with_a_token_that_is_over_is_its_apps_business(world: World) -> None:
    world.sign_in()
    token = body(world.token(world.code()))["access_token"]
    world.clock.advance(607)
    found = of(world, world.userinfo(token))
    assert found.case == "access-expired"
    assert "It came 7 s after its end" in words(found)
    assert of(world, world.userinfo("a.b.c")).case == "access-not-ours"


def test_userinfo_below_a_level_that_was_raised(world: World) -> None:
    world.sign_in()
    token = body(world.token(world.code()))["access_token"]
    change(world, HALL, minimum_level=3)
    assert of(world, world.userinfo(token)).case == "interaction-required"


def refresh(world: World, token: str, client_id: str = HALL) -> Response:
    header = basic(client_id, SECRETS[client_id])
    return world.post(
        "/oauth2/token", {"grant_type": "refresh_token", "refresh_token": token}, authorization=header
    )


def test_refresh_tokens(world: World) -> None:
    world.sign_in()
    token = body(world.token(world.code(scope="openid offline_access")))["refresh_token"]
    assert of(world, refresh(world, "nothing")).case == "refresh-unknown"
    change(world, TAX, grant_types=["authorization_code", "refresh_token"])
    assert of(world, refresh(world, token, TAX)).case == "refresh-of-another"
    world.clock.advance(31 * 86400)
    assert of(world, refresh(world, token)).case == "grant-ended"


def test_introspection_and_revocation(world: World) -> None:
    assert of(world, world.post("/oauth2/introspect", {"token": "x"})).case == "authentication-missing"
    assert (
        of(world, world.post("/oauth2/introspect", {"token": "x", "client_id": SPA})).case
        == "public-client-here"
    )
    header = basic(HALL, SECRETS[HALL])
    assert of(world, world.post("/oauth2/revoke", {}, authorization=header)).case == "token-parameter-missing"
    world.sign_in()
    token = body(world.token(world.code()))["access_token"]
    found = of(world, world.post("/oauth2/revoke", {"token": token}, authorization=basic(TAX, SECRETS[TAX])))
    assert found.case == "revocation-of-another"


@pytest.mark.parametrize(
    ("case", "values", "says"),
    [
        (
            "logout-address",
            {"client_id": HALL, "post_logout_redirect_uri": "http://hall.localhost:8001/bye/"},
            "slash",
        ),
        ("logout-nobody", {"post_logout_redirect_uri": "http://hall.localhost:8001/bye"}, "Nothing says"),
        ("id-token-hint", {"id_token_hint": "a.b.c"}, "id_token"),
    ],
)
def test_signing_out(world: World, case: str, values: dict[str, str | None], says: str) -> None:
    asked = world.get(rp_initiated.PATH, values)
    with pytest.raises(Shown) as raised:
        rp_initiated.end_session(world.provider, asked)
    found = shown(world, asked, raised.value)
    assert found.case == case
    assert says in words(found)


def test_a_form_that_is_json(world: World) -> None:
    answer = world.endpoints["/oauth2/token"](
        Request("POST", "/oauth2/token", content_type="application/json")
    )
    assert of(world, answer).case in {"body-is-no-form", "body-not-json"}


def test_a_parameter_that_comes_twice(world: World) -> None:
    given = world.authorization(HALL).query
    doubled = type(given)({**given.values, "state": ("a", "b")})
    asked = Request("GET", endpoint.PATH, {"cookie": ""}, doubled, address="192.0.2.1")
    found = of(world, endpoint.authorize(world.provider, asked, BROWSER))  # type: ignore[arg-type]
    assert found.case == "parameter-twice"
    [state] = [one for one in found.parameters if one.name == "state"]
    assert state.remark is not None
    assert "2" in str(state.remark.values)


def test_a_refresh_token_that_was_replaced_ends_the_grant(world: World) -> None:
    change(world, SPA, grant_types=["authorization_code", "refresh_token"], scope="openid offline_access")
    world.sign_in()
    first = body(world.token(world.code(SPA, scope="openid offline_access"), SPA))["refresh_token"]

    def renewed(token: str) -> Response:
        given = {"grant_type": "refresh_token", "client_id": SPA, "refresh_token": token}
        return world.post("/oauth2/token", given)

    second = body(renewed(first))["refresh_token"]
    assert renewed(second).status == 200
    assert of(world, renewed(first)).case == "refresh-reused"


def test_a_certificate_that_is_another_is_told_by_its_thumbprint(world: World) -> None:
    ours, other = certificate(names=NAMES), certificate("CN=thief")
    method = {"token_endpoint_auth_method": "self_signed_tls_client_auth"}
    change(world, TAX, jwks={"keys": [jwk_of(ours)]}, **method)
    asked = {"grant_type": "client_credentials", "client_id": TAX}
    found = of(world, call(world, "/oauth2/token", asked, other))
    assert found.case == "certificate"
    for one in (ours, other):
        assert base64url(one.fingerprint(SHA256())) in words(found)
    assert of(world, call(world, "/oauth2/token", asked, None)).case == "certificate"


def test_a_certificate_of_another_name(world: World) -> None:
    change(
        world, TAX, token_endpoint_auth_method="tls_client_auth", tls_client_auth_subject_dn="CN=bank,C=CN"
    )
    asked = {"grant_type": "client_credentials", "client_id": TAX}
    found = of(world, call(world, "/oauth2/token", asked, certificate("CN=thief")))
    assert "tls_client_auth_subject_dn is CN=thief. It has to be CN=bank,C=CN." in words(found)
