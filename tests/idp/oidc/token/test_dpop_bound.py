"""What a DPoP key binds: nonces against proofs made beforehand, codes, refresh tokens, whole clients."""

import pytest

from idp.oidc.clients.credentials.assertions import TYPE
from idp.oidc.http import Request, Response
from idp.oidc.token import dpop
from tests.idp.oidc.clients.signing import claims_of as fair
from tests.idp.oidc.clients.signing import jwks_of, new_key, signed
from tests.idp.oidc.token.grants.test_client_credentials import ask, body, change, claims_of
from tests.idp.oidc.token.proving import PAR, TOKEN, USERINFO, look, proof, redeem, send
from tests.idp.oidc.token.test_dpop import KEY, OFFLINE, OTHER, challenge, refused, signed_in, tokens
from tests.idp.oidc.world import CHALLENGE, HALL, REDIRECT_URIS, SPA, World, fields_of

__all__ = ["signed_in"]


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

    def asked(made: str | None) -> Response:
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
