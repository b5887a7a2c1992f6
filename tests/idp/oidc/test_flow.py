"""One sign-in from the authorization request to userinfo."""

import json

from joserfc import jwt
from joserfc.jwk import KeySet

from tests.idp.oidc.conftest import NAME
from tests.idp.oidc.world import HALL, TAX, World, fields_of, location_of, path_of


def test_a_person_signs_in_agrees_and_is_known_to_the_portal(world: World) -> None:
    response = world.authorize()
    assert (response.status, path_of(response)) == (303, "/login")
    interaction_id = fields_of(response)["interaction"]
    world.clock.advance(20)
    sid = world.sign_in()
    world.clock.advance(5)

    response = world.agree(world.resume(interaction_id))
    fields = fields_of(response)
    assert location_of(response).startswith("http://hall.localhost:8001/callback?code=")
    assert fields["state"] == "the-state"
    assert fields["iss"] == "https://id.example"

    response = world.token(fields["code"])
    assert response.status == 200, response.body
    tokens = json.loads(response.body)
    assert tokens["token_type"] == "Bearer"
    assert dict(response.headers)["Cache-Control"] == "no-store"

    keys = KeySet.import_key_set(json.loads(world.provider.keys.current().jwks))
    id_token = jwt.decode(tokens["id_token"], keys, algorithms=["ES256"])
    assert id_token.claims["aud"] == HALL
    assert id_token.claims["nonce"] == "the-nonce"
    assert id_token.claims["sid"] == world.sid_at(HALL, sid)
    assert id_token.claims["acr"] == "urn:yitong:acr:2"
    assert id_token.claims["amr"] == ["pwd"]
    assert id_token.claims["auth_time"] == int(world.clock().timestamp()) - 5

    response = world.userinfo(tokens["access_token"])
    assert response.status == 200, response.headers
    assert json.loads(response.body) == {
        "sub": id_token.claims["sub"],
        "name": NAME,
        "birthdate": "1949-12-31",
        "gender": "female",
    }
    assert world.person_id not in response.body.decode()
    (released,) = world.events("claims_released")
    assert json.loads(released.payload)["purpose"] == "service-hall"
    assert [len(world.events(name)) for name in ("consent_granted", "code_issued", "token_issued")] == [1] * 3


def test_a_second_portal_knows_the_person_by_another_sub(world: World) -> None:
    world.sign_in(level=3, method="face")
    first = json.loads(world.userinfo(_access_token(world, HALL)).body)
    second = json.loads(world.userinfo(_access_token(world, TAX)).body)
    assert first["name"] == second["name"]
    assert first["sub"] != second["sub"]


def _access_token(world: World, client_id: str) -> str:
    return str(json.loads(world.token(world.code(client_id), client_id).body)["access_token"])
