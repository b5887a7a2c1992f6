"""Demonstrated proof of possession: one key from the code to the claims, and a test for each attack."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, Key, OctKey

from idp.crypto.digests import base64url, from_base64url
from idp.oidc.http import Request, Response
from idp.oidc.jose import TokenRefused
from idp.oidc.token import dpop, htu
from idp.oidc.token.proof_keys import proof_key
from tests.idp.oidc.clients.signing import ISSUER, jwks_of, new_key, signed
from tests.idp.oidc.token.grants.test_client_credentials import ask, body, change, claims_of, said
from tests.idp.oidc.token.proving import PAR, TOKEN, USERINFO, look, look_by_form, proof, redeem, send
from tests.idp.oidc.world import CHALLENGE, HALL, REDIRECT_URIS, SPA, World, fields_of

KEY, OTHER = new_key(), new_key()
OFFLINE = "openid profile offline_access"
SIGNED_OUT_OF_THE_HEADER = {
    "typ": [None, "JWT", "at+jwt", "dpop"],
    "alg": ["none", "HS256", "ES384", "RS1"],
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


# Nonces


@pytest.fixture
def strict(world: World) -> World:
    world.clock.advance(6)
    change(world, HALL, dpop_nonce_required=True)
    return world


def nonce_of(answer: Response) -> str:
    assert dict(answer.headers)["Access-Control-Expose-Headers"].startswith("DPoP-Nonce")
    return dict(answer.headers)["DPoP-Nonce"]


def test_attack_a_proof_is_made_beforehand(strict: World) -> None:
    """RFC 9449 section 11.2: without a nonce of ours it is not taken, and the code is not used up."""
    code = strict.code()
    events = len(strict.events("token_refused"))
    answer = redeem(strict, HALL, code, proof(strict, KEY))
    assert refused(answer) == "use_dpop_nonce"
    assert len(strict.events("token_refused")) == events
    answer = redeem(strict, HALL, code, proof(strict, KEY, nonce=nonce_of(answer)))
    assert answer.status == 200
    assert nonce_of(answer)


def test_a_nonce_is_good_at_userinfo_and_asked_for_there(strict: World) -> None:
    """RFC 9449 section 9."""
    nonce = dpop.nonce(strict.provider, strict.clock())
    token = body(redeem(strict, HALL, strict.code(), proof(strict, KEY, nonce=nonce)))["access_token"]
    answer = look(strict, token, proof(strict, KEY, USERINFO, token=token))
    assert challenge(answer).startswith('DPoP error="use_dpop_nonce"')
    answer = look(strict, token, proof(strict, KEY, USERINFO, token=token, nonce=nonce_of(answer)))
    assert answer.status == 200
    assert nonce_of(answer)


@pytest.mark.parametrize(("seconds", "status"), [(0, 200), (59, 200), (120, 400)])
def test_a_nonce_grows_old(strict: World, seconds: int, status: int) -> None:
    code = strict.code()
    nonce = dpop.nonce(strict.provider, strict.clock())
    strict.clock.advance(seconds)
    code = strict.code()
    assert redeem(strict, HALL, code, proof(strict, KEY, nonce=nonce)).status == status


def test_attack_nonces_are_left_out_or_made_up(strict: World) -> None:
    """RFC 9449 section 11.3: who has to use one cannot do without."""
    for made_up in (None, "", "x", "é", 7):
        answer = redeem(strict, HALL, strict.code(), proof(strict, KEY, nonce=made_up))
        assert refused(answer) == "use_dpop_nonce"


def test_a_nonce_that_nobody_asked_for_is_ours_or_refused(world: World) -> None:
    assert refused(redeem(world, HALL, world.code(), proof(world, KEY, nonce="x"))) == "use_dpop_nonce"
    nonce = dpop.nonce(world.provider, world.clock())
    answer = redeem(world, HALL, world.code(), proof(world, KEY, nonce=nonce))
    assert answer.status == 200
    assert "DPoP-Nonce" not in dict(answer.headers)


# Codes


def test_attack_a_stolen_code_is_redeemed_with_the_thiefs_key(world: World) -> None:
    """RFC 9449 section 11.9: `dpop_jkt` at the authorization endpoint binds the code."""
    for made in (proof(world, OTHER), None):
        code = world.code(SPA, dpop_jkt=KEY.thumbprint())
        assert refused(redeem(world, SPA, code, made)) == "invalid_grant"
    code = world.code(SPA, dpop_jkt=KEY.thumbprint())
    assert redeem(world, SPA, code, proof(world, KEY)).status == 200


@pytest.mark.parametrize("given", ["x", "x" * 44, "!" * 43])
def test_dpop_jkt_is_a_thumbprint(world: World, given: str) -> None:
    assert fields_of(world.authorize(dpop_jkt=given))["error"] == "invalid_request"


def pushed(world: World, made: str | None, **more: str) -> Response:
    values: dict[str, str | None] = {
        "redirect_uri": REDIRECT_URIS[SPA],
        "response_type": "code",
        "scope": "openid profile",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **more,
    }
    return send(world, PAR, SPA, values, made)


def test_a_proof_at_the_pushed_request_binds_the_code(world: World) -> None:
    """RFC 9449 section 10.1."""
    for made, status in ((proof(world, OTHER), 400), (proof(world, KEY), 200)):
        request_uri = body(pushed(world, proof(world, KEY, PAR)))["request_uri"]
        code = world.code(SPA, request_uri=request_uri)
        assert redeem(world, SPA, code, made).status == status


def test_a_pushed_request_names_one_key(world: World) -> None:
    thumbprint = KEY.thumbprint()
    assert pushed(world, proof(world, KEY, PAR), dpop_jkt=thumbprint).status == 201
    answer = pushed(world, proof(world, OTHER, PAR), dpop_jkt=thumbprint)
    assert refused(answer) == "invalid_dpop_proof"
    assert refused(pushed(world, proof(world, KEY), dpop_jkt=thumbprint)) == "invalid_dpop_proof"


# Refresh tokens


def refresh(world: World, client_id: str, token: str, made: str | None) -> Response:
    values: dict[str, str | None] = {"grant_type": "refresh_token", "refresh_token": token}
    return send(world, TOKEN, client_id, values, made)


def test_attack_a_public_clients_refresh_token_is_stolen(world: World) -> None:
    """RFC 9449 section 5: bound to the key, and the thief's try ends nothing."""
    token = tokens(world, SPA, scope=OFFLINE)["refresh_token"]
    for made in (None, proof(world, OTHER)):
        assert refused(refresh(world, SPA, token, made)) == "invalid_grant"
    answer = refresh(world, SPA, token, proof(world, KEY))
    assert answer.status == 200
    assert claims_of(body(answer)["access_token"])["cnf"] == {"jkt": KEY.thumbprint()}
    assert refused(refresh(world, SPA, body(answer)["refresh_token"], proof(world, OTHER))) == "invalid_grant"


def test_a_confidential_client_may_change_its_key(world: World) -> None:
    """RFC 9449 section 5: its refresh token is bound to the client itself."""
    token = tokens(world, HALL, scope=OFFLINE)["refresh_token"]
    answer = refresh(world, HALL, token, proof(world, OTHER))
    assert claims_of(body(answer)["access_token"])["cnf"] == {"jkt": OTHER.thumbprint()}


# Registration and profiles


def test_who_registered_for_proofs_gets_no_token_without(world: World) -> None:
    """RFC 9449 section 5.2."""
    world.clock.advance(6)
    change(world, HALL, dpop_bound_access_tokens=True)
    code = world.code(HALL)
    assert refused(redeem(world, HALL, code, None)) == "invalid_dpop_proof"
    assert refused(ask(world, HALL)) == "invalid_dpop_proof"
    assert redeem(world, HALL, code, proof(world, KEY)).status == 200


def test_under_fapi_no_token_goes_out_unbound(world: World) -> None:
    """FAPI 2.0 Security Profile section 5.3.2.1; and an algorithm outside it proves nothing."""
    world.clock.advance(6)
    own = new_key()
    fields = {"token_endpoint_auth_method": "private_key_jwt", "id_token_signed_response_alg": "ES256"}
    change(world, HALL, profile="fapi2-security", jwks=jwks_of(own), **fields)
    client = world.provider.clients.find(HALL)
    assert client is not None

    def asked(made: str | None) -> Response:
        from idp.oidc.clients.assertions import TYPE
        from tests.idp.oidc.clients.signing import claims_of as fair

        values = {"grant_type": "client_credentials", "client_assertion_type": TYPE}
        values["client_assertion"] = signed(own, fair(HALL, world.clock()))
        return world.post(TOKEN, values, **({} if made is None else {"dpop": made}))

    nonce = dpop.nonce(world.provider, world.clock())
    assert refused(asked(None)) == "invalid_request"
    assert refused(asked(proof(world, KEY))) == "use_dpop_nonce"
    rsa = new_key("RS256")
    assert refused(asked(proof(world, rsa, algorithm="RS256", nonce=nonce))) == "invalid_dpop_proof"
    assert asked(proof(world, KEY, nonce=nonce)).status == 200


def test_a_page_may_send_a_proof_and_read_the_nonce(world: World) -> None:
    answer = world.endpoints[TOKEN](Request("OPTIONS", TOKEN))
    assert "DPoP" in dict(answer.headers)["Access-Control-Allow-Headers"]
    assert "DPoP-Nonce" in dict(answer.headers)["Access-Control-Expose-Headers"]


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
