"""A client under a strict profile asks by the back channel (FAPI-CIBA section 5.2.2, FAPI 2.0)."""

from joserfc.jwk import Key

from idp.oidc.backchannel import endpoint
from idp.oidc.clients.credentials.assertions import TYPE
from idp.oidc.clients.fields.backchannel import CIBA
from idp.oidc.http import Response
from idp.oidc.token import dpop
from tests.contracts.advertised.moves import change, part_of
from tests.idp.oidc.backchannel.desk import Desk, body_of, signed_request
from tests.idp.oidc.clients.signing import claims_of, jwks_of, new_key, signed
from tests.idp.oidc.token.proving import TOKEN, proof
from tests.idp.oidc.world import HALL, World

OWN, PROOF = new_key(), new_key()


def strict(world: World) -> tuple[Desk, str]:
    desk = Desk(world)
    sub = desk.sub()
    world.clock.advance(6)
    change(
        world,
        HALL,
        profile="fapi2-security",
        jwks=jwks_of(OWN),
        token_endpoint_auth_method="private_key_jwt",
        authorization_signed_response_alg="ES256",
        backchannel_authentication_request_signing_alg="ES256",
    )
    world.sign_in()
    return desk, sub


def send(world: World, path: str, values: dict[str, str], made: str | None = None) -> Response:
    assertion = signed(OWN, claims_of(HALL, world.clock()))
    proved = {"client_assertion_type": TYPE, "client_assertion": assertion}
    return world.post(path, {**values, **proved}, **({} if made is None else {"dpop": made}))


def ask(world: World, key: Key = OWN, **changes: str | None) -> Response:
    return send(world, endpoint.PATH, {"request": signed_request(world, key, HALL, **changes)})


def test_it_asks_signed_and_fetches_bound_tokens(world: World) -> None:
    desk, sub = strict(world)
    auth_req_id = body_of(ask(world, login_hint=sub))["auth_req_id"]
    desk.approve(desk.waiting()[0])
    values = {"grant_type": CIBA, "auth_req_id": auth_req_id}
    assert body_of(send(world, TOKEN, values))["error"] == "invalid_request"
    assert body_of(send(world, TOKEN, values, proof(world, PROOF)))["error"] == "use_dpop_nonce"
    made = proof(world, PROOF, nonce=dpop.nonce(world.provider, world.clock()))
    given = body_of(send(world, TOKEN, values, made))
    assert given["token_type"] == "DPoP"
    assert part_of(given["access_token"], 1)["cnf"] == {"jkt": PROOF.thumbprint()}


def test_it_needs_a_binding_message(world: World) -> None:
    _, sub = strict(world)
    answer = ask(world, login_hint=sub, binding_message=None)
    assert body_of(answer)["error"] == "invalid_request"


def test_it_needs_a_signature_of_its_own(world: World) -> None:
    _, sub = strict(world)
    plain = {"scope": "openid", "login_hint": sub, "binding_message": "W4SCT"}
    assert body_of(send(world, endpoint.PATH, plain))["error"] == "invalid_request"
    assert body_of(ask(world, new_key(), login_hint=sub))["error"] == "invalid_request"
