"""Attacks with tokens, assertions and keys (RFC 8725, RFC 9700 sections 4.9, 4.10, 4.14)."""

import ast
import hashlib
import hmac
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import Key

import idp
from idp.crypto.digests import base64url
from idp.oidc.clients.credentials.assertions import TYPE
from idp.oidc.http import FORM, Response
from tests.idp.oidc.attacks.conftest import BANK, ORIGIN
from tests.idp.oidc.clients.signing import claims_of, new_key, signed
from tests.idp.oidc.token.proving import look, proof
from tests.idp.oidc.world import HALL, SECRETS, SPA, World, basic, fields_of

TOKEN = "/oauth2/token"
OTHER_THAN_SECRETS = re.compile(r"[A-Z][A-Za-z]+\.|len\(|\w+ is None")
"""Columns, lengths, and whether there is one at all."""
SECRET = re.compile(
    r"secret\b|_mac\b|\bmac\b|verifier\b|signature\b|csrf|password\b|keyed\(|(?<!\.)digest\(|_digest\("
)


def ask(world: World, assertion: str) -> Response:
    values = {"grant_type": "client_credentials", "client_assertion_type": TYPE}
    return world.post(TOKEN, {**values, "client_assertion": assertion})


def error_of(response: Response) -> str:
    return str(json.loads(response.body)["error"])


def joined(header: dict[str, Any], claims: dict[str, Any], signature: bytes) -> str:
    parts = [base64url(json.dumps(part).encode()) for part in (header, claims)]
    return ".".join([*parts, base64url(signature)])


def test_a_fair_assertion_is_good(bank: World, key: Key) -> None:
    """Or nothing below would show anything."""
    assert ask(bank, signed(key, claims_of(BANK, bank.clock()))).status == 200


@pytest.mark.parametrize("none", ["none", "None", "NONE", "nOnE", ""])
def test_algorithm_none(bank: World, key: Key, none: str) -> None:
    """RFC 8725 section 2.1."""
    claims = claims_of(BANK, bank.clock())
    assert error_of(ask(bank, joined({"alg": none, "kid": key.kid}, claims, b""))) == "invalid_client"


def test_algorithm_confusion(bank: World, key: Key) -> None:
    """RFC 8725 section 2.1: the public key as the secret of a MAC, in every form that it has."""
    claims = claims_of(BANK, bank.clock())
    header = {"alg": "HS256", "kid": key.kid}
    said = joined(header, claims, b"").rpartition(".")[0].encode()
    public = key.as_dict(private=False)
    for secret in (key.as_pem(private=False), json.dumps(public).encode(), public["x"].encode(), b""):
        signature = hmac.new(secret, said, hashlib.sha256).digest()
        assert error_of(ask(bank, f"{said.decode()}.{base64url(signature)}")) == "invalid_client"


def test_an_algorithm_that_the_key_is_not_for(bank: World) -> None:
    rsa = new_key("RS256")
    claims = claims_of(BANK, bank.clock())
    assert error_of(ask(bank, signed(rsa, claims, algorithm="RS256"))) == "invalid_client"


@pytest.mark.parametrize(
    "kid",
    [
        "../../../../dev/null",
        "/dev/null",
        "' OR '1'='1",
        "https://evil.example/jwks",
        "x" * 10_000,
        {"a": 1},
        ["x"],
        7,
        "\u0000",
    ],
)
def test_kid_injection(bank: World, key: Key, kid: Any) -> None:
    """RFC 8725 section 3.10: a kid is compared, and is neither a path, nor a query, nor an address."""
    claims = claims_of(BANK, bank.clock())
    assert error_of(ask(bank, joined({"alg": "ES256", "kid": kid}, claims, b"0" * 64))) == "invalid_client"


@pytest.mark.parametrize("where", ["jwk", "jku", "x5u", "x5c"])
def test_jwk_embedded_in_the_header(bank: World, where: str) -> None:
    """RFC 8725 section 3.10: a token never brings the key that it is checked with, nor its address."""
    thief = new_key()
    brought: dict[str, Any] = {
        "jwk": thief.as_dict(private=False),
        "jku": "https://evil.example/jwks",
        "x5u": "https://evil.example/certificate",
        "x5c": ["MIIB"],
    }
    claims = claims_of(BANK, bank.clock())
    for kid in (None, thief.kid):
        assertion = signed(thief, claims, kid=kid, **{where: brought[where]})
        assert error_of(ask(bank, assertion)) == "invalid_client"


def test_replay_of_a_client_assertion(bank: World, key: Key) -> None:
    assertion = signed(key, claims_of(BANK, bank.clock()))
    assert ask(bank, assertion).status == 200
    assert error_of(ask(bank, assertion)) == "invalid_client"


def test_replay_of_a_code(world: World) -> None:
    """RFC 9700 section 4.5: and what the first use gave ends with it."""
    world.sign_in()
    code = world.code()
    given = json.loads(world.token(code).body)
    assert world.userinfo(given["access_token"]).status == 200
    assert error_of(world.token(code)) == "invalid_grant"
    assert world.userinfo(given["access_token"]).status == 401


def test_replay_of_a_pushed_request(world: World) -> None:
    """RFC 9126 section 7.3."""
    world.sign_in()
    pushed = world.post(
        "/oauth2/par",
        {
            "redirect_uri": "http://hall.localhost:8001/callback",
            "response_type": "code",
            "scope": "openid",
            "code_challenge": base64url(hashlib.sha256(b"v" * 43).digest()),
            "code_challenge_method": "S256",
        },
        authorization=basic(HALL, SECRETS[HALL]),
    )
    request_uri = json.loads(pushed.body)["request_uri"]
    world.code()
    asked = {"redirect_uri": None, "scope": None, "request_uri": request_uri}
    assert "code" in fields_of(world.authorize(**asked))
    with pytest.raises(Exception, match="request_uri"):
        world.authorize(**asked)


def test_replay_of_a_dpop_proof(world: World) -> None:
    """RFC 9449 section 11.1."""
    key = new_key()
    made = proof(world, key)
    values = {"grant_type": "authorization_code", "code": "x", "client_id": SPA}
    errors = [error_of(world.post(TOKEN, values, dpop=made)) for _ in range(2)]
    assert errors == ["invalid_grant", "invalid_dpop_proof"]


def test_replay_of_a_rotated_refresh_token(world: World) -> None:
    """RFC 9700 section 4.14.2: thief and owner both lose."""
    with world.provider.sessions.begin() as session:
        from idp.oidc.clients.models import ClientRecord

        page = session.get_one(ClientRecord, SPA)
        fields = {"grant_types": ["authorization_code", "refresh_token"]}
        page.metadata_json = {**page.metadata_json, **fields, "scope": "openid profile offline_access"}
    world.sign_in()
    code = world.code(SPA, scope="openid offline_access", prompt="consent")
    first = json.loads(world.token(code, SPA).body)["refresh_token"]

    def refresh(token: str) -> Response:
        values = {"grant_type": "refresh_token", "refresh_token": token, "client_id": SPA}
        return world.post(TOKEN, values)

    second = json.loads(refresh(first).body)["refresh_token"]
    third = json.loads(refresh(second).body)["refresh_token"]
    assert error_of(refresh(first)) == "invalid_grant"
    assert error_of(refresh(third)) == "invalid_grant"


def test_token_in_query(world: World, app: Flask) -> None:
    """RFC 6750 section 5.3, RFC 9700 section 4.3.2."""
    world.sign_in()
    token = json.loads(world.token(world.code()).body)["access_token"]
    answer = app.test_client().get(f"/oauth2/userinfo?access_token={token}", base_url=ORIGIN)
    assert answer.status_code == 400
    assert answer.data == b""


def test_an_id_token_as_an_access_token(world: World) -> None:
    """RFC 8725 section 3.11, RFC 9068 section 5."""
    world.sign_in()
    given = json.loads(world.token(world.code()).body)
    assert world.userinfo(given["id_token"]).status == 401


def test_a_bound_token_with_the_thiefs_key(world: World) -> None:
    """RFC 9700 section 4.10.1."""
    world.sign_in()
    owner, thief = new_key(), new_key()
    code = world.code(SPA)
    given = world.token(code, SPA)
    assert given.status == 200
    code = world.code(SPA)
    values = {"grant_type": "authorization_code", "code": code, "code_verifier": "v" * 43}
    values |= {"client_id": SPA, "redirect_uri": "https://spa.example/callback"}
    token = json.loads(world.post(TOKEN, values, dpop=proof(world, owner)).body)["access_token"]
    assert look(world, token, proof(world, owner, "/oauth2/userinfo", token=token)).status == 200
    assert look(world, token, proof(world, thief, "/oauth2/userinfo", token=token)).status == 401


def test_timing_of_secret_comparison() -> None:
    """Nothing in the provider compares a secret with `==`, which stops at the first byte that differs.

    Databases look for digests of secrets; how long that takes says nothing of what was digested.
    """
    found = [
        f"{path.name}:{node.lineno} {ast.unparse(node)}"
        for path in Path(idp.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Compare)
        and any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops)
        and any(SECRET.search(ast.unparse(side)) for side in (node.left, *node.comparators))
        and not OTHER_THAN_SECRETS.match(ast.unparse(node.left))
    ]
    assert found == []


def test_a_form_and_a_header_with_two_identities(app: Flask) -> None:
    """RFC 6749 section 2.3: one way in each request."""
    answer = app.test_client().post(
        TOKEN,
        base_url=ORIGIN,
        data={"client_id": HALL, "client_secret": SECRETS[HALL], "grant_type": "client_credentials"},
        headers={"Authorization": basic(HALL, SECRETS[HALL])},
        content_type=FORM,
    )
    assert answer.get_json()["error"] in {"invalid_request", "invalid_client"}
