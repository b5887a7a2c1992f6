"""Demonstrated proof of possession: one key from the code to the claims, and a test for each attack."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, Key, OctKey

from idp.crypto.digests import base64url, from_base64url
from idp.oidc.http import Request, Response
from idp.oidc.jose.jws import TokenRefused
from idp.oidc.token import htu
from idp.oidc.token.proof_keys import proof_key
from tests.idp.oidc.clients.signing import ISSUER, new_key
from tests.idp.oidc.token.grants.test_client_credentials import ask, body, change, claims_of, said
from tests.idp.oidc.token.proving import TOKEN, USERINFO, look, look_by_form, proof, redeem, send
from tests.idp.oidc.world import HALL, SPA, World

KEY, OTHER = new_key(), new_key()
OFFLINE = "openid profile offline_access"
SIGNED_OUT_OF_THE_HEADER = {
    "typ": [None, "JWT", "at+jwt", "dpop"],
    "alg": ["none", "HS256", "ES384", "RS1", ["ES256"], {"ES256": 1}, 7],
    "jwk": [None, "x", {}, {"kty": "EC", "crv": "P-256"}, {"kty": "oct", "k": "AAAA"}],
    "crit": [["b64"]],
}


@pytest.fixture(autouse=True)
def signed_in(world: World) -> None:
    grants = ["authorization_code", "refresh_token"]
    change(world, HALL, grant_types=[*grants, "client_credentials"])
    change(world, SPA, grant_types=grants, scope=OFFLINE)
    world.sign_in()


def tokens(
    world: World, client_id: str = HALL, key: Key = KEY, scope: str = "openid profile"
) -> dict[str, Any]:
    answer = redeem(world, client_id, world.code(client_id, scope=scope), proof(world, key))
    assert answer.status == 200, answer.body
    return body(answer)


def refused(answer: Response) -> str:
    assert answer.status == 400
    return str(body(answer)["error"])


def challenge(answer: Response) -> str:
    assert answer.status == 401
    return dict(answer.headers)["WWW-Authenticate"]


def test_a_token_names_the_key_that_asked_for_it(world: World) -> None:
    found = tokens(world)
    assert found["token_type"] == "DPoP"
    claims = claims_of(found["access_token"])
    assert claims["cnf"] == {"jkt": KEY.thumbprint()}
    assert "cnf" not in claims_of(found["id_token"])
    told = said(world, found["access_token"], HALL)
    assert (told["token_type"], told["cnf"]) == ("DPoP", claims["cnf"])
    answer = look(world, found["access_token"], proof(world, KEY, USERINFO, token=found["access_token"]))
    assert (answer.status, body(answer)["name"]) == (200, "张三丰")


def test_who_sends_no_proof_gets_a_bearer_token(world: World) -> None:
    found = body(redeem(world, HALL, world.code(), None))
    assert found["token_type"] == "Bearer"
    assert "cnf" not in claims_of(found["access_token"])
    assert said(world, found["access_token"], HALL)["token_type"] == "Bearer"


@pytest.mark.parametrize("algorithm", ["ES256", "PS256", "RS256", "EdDSA"])
def test_every_algorithm_is_taken(world: World, algorithm: str) -> None:
    key = new_key(algorithm)
    answer = redeem(world, HALL, world.code(), proof(world, key, algorithm=algorithm))
    assert claims_of(body(answer)["access_token"])["cnf"] == {"jkt": key.thumbprint()}


def test_a_client_alone_and_an_opaque_token_are_bound_too(world: World) -> None:
    change(world, HALL, access_token_format="opaque")
    world.clock.advance(6)
    found = body(send(world, TOKEN, HALL, {"grant_type": "client_credentials"}, proof(world, KEY)))
    assert found["token_type"] == "DPoP"
    assert said(world, found["access_token"], HALL)["cnf"] == {"jkt": KEY.thumbprint()}
    assert body(ask(world, HALL))["token_type"] == "Bearer"
    token = tokens(world)["access_token"]
    assert look(world, token, proof(world, KEY, USERINFO, token=token)).status == 200
    assert look(world, token, None, "Bearer").status == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"htm": "GET"},
        {"htm": "post"},
        {"htm": None},
        {"htu": f"{ISSUER}/oauth2/par"},
        {"htu": "https://evil.example/oauth2/token"},
        {"htu": f"http{ISSUER[5:]}/oauth2/token"},
        {"htu": "/oauth2/token"},
        {"htu": None},
        {"htu": 7},
        {"jti": None},
        {"jti": ""},
        {"jti": "x" * 257},
        {"jti": 7},
        {"iat": None},
        {"iat": "now"},
        {"iat": True},
        {"iat": 0},
    ],
)
def test_a_proof_is_for_this_request(world: World, changes: dict[str, Any]) -> None:
    """RFC 9449 section 4.3. The code is not used up by a proof that is wrong."""
    code = world.code()
    assert refused(redeem(world, HALL, code, proof(world, KEY, **changes))) == "invalid_dpop_proof"
    assert redeem(world, HALL, code, proof(world, KEY)).status == 200


@pytest.mark.parametrize(
    ("seconds", "status"), [(-301, 400), (-300, 200), (-30, 200), (0, 200), (10, 200), (30, 200), (61, 400)]
)
def test_a_proof_is_of_now(world: World, seconds: int, status: int) -> None:
    made = int(world.clock().timestamp()) + seconds + (1 if seconds < 0 else 0)
    made -= 1 if seconds == -301 else 0
    assert redeem(world, HALL, world.code(), proof(world, KEY, iat=made)).status == status


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in SIGNED_OUT_OF_THE_HEADER.items() for value in values],
)
def test_a_proof_is_a_proof_by_its_header(world: World, name: str, value: Any) -> None:
    """Whatever else the key has signed is none: RFC 9449 sections 11.5 and 11.6."""
    fair = proof(world, KEY)
    head = json.loads(from_base64url(fair.split(".")[0])) | {name: value}
    head = {member: one for member, one in head.items() if one is not None}
    forged = ".".join((base64url(json.dumps(head).encode()), *fair.split(".")[1:]))
    assert refused(redeem(world, HALL, world.code(), forged)) == "invalid_dpop_proof"


def test_attack_a_symmetric_proof(world: World) -> None:
    """RFC 9449 section 11.6: a MAC that anybody can make who reads the header."""
    secret = OctKey.import_key("x" * 32)
    made = proof(world, secret, algorithm="HS256", header={"jwk": secret.as_dict(private=True)})
    assert refused(redeem(world, HALL, world.code(), made)) == "invalid_dpop_proof"


def test_attack_another_keys_signature(world: World) -> None:
    made = proof(world, OTHER, header={"jwk": KEY.as_dict(private=False)})
    assert refused(redeem(world, HALL, world.code(), made)) == "invalid_dpop_proof"


def test_a_private_key_in_a_proof_is_refused(world: World) -> None:
    """RFC 9449 section 4.3 (7)."""
    made = proof(world, KEY, header={"jwk": KEY.as_dict(private=True)})
    assert refused(redeem(world, HALL, world.code(), made)) == "invalid_dpop_proof"


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "....", "é.é.é", "e30.e30.e30", "e30.e30." + "A" * 20000])
def test_rubbish_is_no_proof(world: World, text: str) -> None:
    assert refused(redeem(world, HALL, world.code(), text)) == "invalid_dpop_proof"


def test_two_proofs_are_none(world: World) -> None:
    """RFC 9449 section 4.3 (1): two headers come joined by a comma."""
    two = f"{proof(world, KEY)}, {proof(world, KEY)}"
    assert refused(redeem(world, HALL, world.code(), two)) == "invalid_dpop_proof"


def test_attack_a_proof_is_replayed(world: World) -> None:
    """RFC 9449 section 11.1: at the token endpoint and at userinfo, as long as it would be fresh."""
    made = proof(world, KEY)
    token = body(redeem(world, HALL, world.code(), made))["access_token"]
    assert refused(redeem(world, HALL, world.code(), made)) == "invalid_dpop_proof"
    shown = proof(world, KEY, USERINFO, token=token, iat=int(world.clock().timestamp()) + 30)
    assert look(world, token, shown).status == 200
    for _ in range(11):
        assert 'error="invalid_dpop_proof"' in challenge(look(world, token, shown))
        world.clock.advance(30)


def test_what_is_remembered_of_a_proof_ends(world: World) -> None:
    made = proof(world, KEY)
    redeem(world, HALL, world.code(), made)
    entries = vars(world.provider.store)["_entries"]
    kept = {key: until for key, (_, until) in entries.items() if key.startswith("dpop:")}
    assert len(kept) == 1
    assert all((until - world.clock()).total_seconds() <= 302 for until in kept.values())
    assert KEY.thumbprint() not in str(kept)


def test_the_same_jti_of_another_key_is_another_proof(world: World) -> None:
    """Or one client could use up what another is about to send."""
    for key in (KEY, OTHER):
        assert redeem(world, HALL, world.code(), proof(world, key, jti="1")).status == 200


def test_attack_a_stolen_token_is_used_with_the_thiefs_key(world: World) -> None:
    token = tokens(world)["access_token"]
    answer = look(world, token, proof(world, OTHER, USERINFO, token=token))
    assert challenge(answer).startswith('DPoP error="invalid_token"')
    assert look(world, token, None).status == 401


def test_attack_a_bound_token_is_sent_as_a_bearer_token(world: World) -> None:
    """RFC 9449 section 7.2: the downgrade, in the header and in a form, with a proof and without."""
    token = tokens(world)["access_token"]
    shown = proof(world, KEY, USERINFO, token=token)
    for answer in (
        world.userinfo(token),
        look(world, token, shown, "Bearer"),
        look_by_form(world, token, proof(world, KEY, USERINFO, token=token, htm="POST")),
    ):
        assert challenge(answer).startswith('DPoP error="invalid_token"')
        assert 'algs="ES256' in challenge(answer)


def test_a_bearer_token_does_not_become_a_bound_one(world: World) -> None:
    """RFC 9449 section 7.1."""
    token = body(redeem(world, HALL, world.code(), None))["access_token"]
    answer = look(world, token, proof(world, KEY, USERINFO, token=token))
    assert 'error="invalid_token"' in challenge(answer)


def test_attack_a_proof_is_used_with_another_token(world: World) -> None:
    """RFC 9449 section 11.8: both tokens are bound to the one key, and a proof is for one of them."""
    first, second = (tokens(world)["access_token"] for _ in range(2))
    shown = proof(world, KEY, USERINFO, token=first)
    assert 'error="invalid_dpop_proof"' in challenge(look(world, second, shown))
    assert 'error="invalid_dpop_proof"' in challenge(look(world, second, proof(world, KEY, USERINFO)))
    assert look(world, first, shown).status == 200


def test_attack_a_proof_for_another_resource_comes_here(world: World) -> None:
    token = tokens(world)["access_token"]
    for changes in ({"htu": "https://api.example/userinfo"}, {"htm": "POST"}):
        shown = proof(world, KEY, USERINFO, token=token, **changes)
        assert 'error="invalid_dpop_proof"' in challenge(look(world, token, shown))


def test_both_ways_are_offered_to_who_has_no_token(world: World) -> None:
    answer = world.endpoints[USERINFO](Request("GET", USERINFO))
    offered = [value for name, value in answer.headers if name == "WWW-Authenticate"]
    assert [value.split(" ")[0] for value in offered] == ["DPoP", "Bearer"]


@pytest.mark.parametrize(
    "given",
    [
        "https://id.example/oauth2/token?x=1#y",
        "HTTPS://ID.example:443/oauth2/token",
        "https://id.example/oauth2/./x/../%74oken",
    ],
)
def test_an_address_has_several_spellings(world: World, given: str) -> None:
    """RFC 9449 section 4.3 (9)."""
    assert redeem(world, HALL, world.code(), proof(world, KEY, htu=given)).status == 200


@pytest.mark.parametrize(
    "given",
    [
        "https://id.example/oauth2/TOKEN",
        "https://id.example/oauth2%2Ftoken",
        "https://id.example/oauth2/token/",
        "https://id.example:8443/oauth2/token",
        "https://id.example@evil.example/oauth2/token",
        "https://u@id.example/oauth2/token",
        "https://id.example/oauth2/token\n",
        "https://id.example\\oauth2/token",
        "https://[id.example/oauth2/token",
        "https://id.example:x/oauth2/token",
        "ftp://id.example/oauth2/token",
    ],
)
def test_another_address_is_another(given: str) -> None:
    assert not htu.names(given, "https://id.example/oauth2/token")


@given(st.text(max_size=60) | st.from_regex(r"https://id\.example[/.%a-fA-F0-9:@?#]{0,40}", fullmatch=True))
def test_no_address_is_too_strange(text: str) -> None:
    assert not htu.names(text, "https://other.example/")


# Keys


@pytest.mark.parametrize(
    "changes",
    [
        {"x": "AAAA"},
        {"x": base64url(bytes(32)), "y": base64url(bytes(32))},
        {"x": KEY.as_dict(private=False)["x"] + "="},
        {"x": 7},
        {"crv": "P-384"},
        {"d": "AAAA"},
        {"k": "AAAA"},
    ],
)
def test_a_key_is_whole_and_on_its_curve(changes: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        proof_key({**KEY.as_dict(private=False), **changes}, "ES256")


@pytest.mark.parametrize(
    "changes", [{"e": "AQ"}, {"e": base64url(b"\xff" * 100)}, {"n": base64url(b"\xff" * 64)}]
)
def test_an_rsa_key_is_of_a_bearable_size(changes: dict[str, Any]) -> None:
    key = new_key("RS256").as_dict(private=False)
    with pytest.raises(TokenRefused):
        proof_key({**key, **changes}, "RS256")


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "EdDSA"])
def test_thumbprints_are_those_of_the_specification(algorithm: str) -> None:
    key = new_key(algorithm)
    assert proof_key(key.as_dict(private=False), algorithm).thumbprint == key.thumbprint()


def test_the_thumbprint_of_rfc_9449() -> None:
    """Section 6.1 binds the key of section 4.1's proof."""
    jwk = {
        "kty": "EC",
        "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        "crv": "P-256",
    }
    assert proof_key(jwk, "ES256").thumbprint == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
    assert ECKey.import_key(jwk).thumbprint() == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
