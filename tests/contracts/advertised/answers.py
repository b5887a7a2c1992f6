"""What clients get, and how it is signed."""

import json
from hashlib import sha256, sha512

from joserfc import jwt
from joserfc.jwk import KeySet

from idp.crypto.digests import base64url
from idp.oidc.clients.cache import SECONDS
from idp.oidc.clients.fields.backchannel import CIBA
from idp.oidc.clients.fields.device import DEVICE_CODE
from idp.oidc.clients.fields.exchange import TOKEN_EXCHANGE
from idp.oidc.endpoints.discovery import TOKEN_CLAIMS
from tests.contracts.advertised.moves import Metadata, change, part_of, tokens
from tests.idp.oidc.acting.hats import hats_of
from tests.idp.oidc.device.kiosk import SPA, Kiosk, Phone, register
from tests.idp.oidc.token.exchange.exchanging import ARCHIVE, opened, token_for_desk
from tests.idp.oidc.world import (
    HALL,
    SECRETS,
    World,
    basic,
    fields_of,
)


def grant_types(world: World, metadata: Metadata) -> None:
    offered = ["authorization_code", "refresh_token", "client_credentials"]
    assert metadata["grant_types_supported"] == [*offered, DEVICE_CODE, TOKEN_EXCHANGE, CIBA]
    change(world, HALL, grant_types=offered)
    world.sign_in()
    refresh_token = tokens(world, scope="openid offline_access")["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    assert world.post("/oauth2/token", form, authorization=basic(HALL, SECRETS[HALL])).status == 200
    form = {"grant_type": "client_credentials"}
    assert world.post("/oauth2/token", form, authorization=basic(HALL, SECRETS[HALL])).status == 200
    register(world, SPA)
    kiosk = Kiosk(world)
    assert kiosk.ask().status == 200
    Phone(world).approve(kiosk.user_code)
    assert kiosk.poll().status == 200
    desk = opened(world)
    found = desk.made(token_for_desk(world))
    assert desk.said(found["access_token"], ARCHIVE)["active"]
    response = world.token("no code", grant_type="password")
    assert json.loads(response.body)["error"] == "unsupported_grant_type"


def signing_algorithms(world: World, metadata: Metadata) -> None:
    """Each with its own `at_hash`, as another library computes it."""
    world.sign_in()
    keys = KeySet.import_key_set(json.loads(world.provider.keys.current().jwks))
    for algorithm in metadata["id_token_signing_alg_values_supported"]:
        world.clock.advance(SECONDS + 1)
        change(world, HALL, id_token_signed_response_alg=algorithm)
        given = tokens(world)
        token = jwt.decode(given["id_token"], keys, algorithms=[algorithm])
        digest = sha512 if algorithm == "EdDSA" else sha256
        whole = digest(given["access_token"].encode()).digest()
        assert token.claims["at_hash"] == base64url(whole[: len(whole) // 2])


def signed_answers(world: World, metadata: Metadata) -> None:
    world.sign_in()
    for algorithm in metadata["authorization_signing_alg_values_supported"]:
        world.clock.advance(SECONDS + 1)
        change(world, HALL, authorization_signed_response_alg=algorithm)
        answer = fields_of(world.authorize(response_mode="jwt", prompt="none"))["response"]
        assert part_of(answer, 0)["alg"] == algorithm


def claims(world: World, metadata: Metadata) -> None:
    assert metadata["claim_types_supported"] == ["normal"]
    change(world, HALL, scope=" ".join(metadata["scopes_supported"]), accepted_parties=["agent"])
    world.sign_in()
    hats = hats_of(world)
    mandate = hats.agent()
    # Some are in no scope.
    by_name = {name: {"essential": True} for name in metadata["claims_supported"] if name not in TOKEN_CLAIMS}
    response = world.authorize(
        scope=" ".join(metadata["scopes_supported"]), claims=json.dumps({"userinfo": by_name})
    )
    response = world.agree(hats.choose(response, mandate), chosen=("phone",))
    found = json.loads(world.token(fields_of(response)["code"]).body)
    released = set(json.loads(world.userinfo(found["access_token"]).body))
    in_token = set(part_of(found["id_token"], 1))
    assert released | in_token == set(metadata["claims_supported"])


def claims_parameter(world: World, metadata: Metadata) -> None:
    assert metadata["claims_parameter_supported"]
    world.sign_in()
    essential = {"essential": True}
    wanted = json.dumps({"userinfo": {"birthdate": essential}, "id_token": {"name": essential}})
    found = tokens(world, scope="openid", claims=wanted)
    assert set(json.loads(world.userinfo(found["access_token"]).body)) == {"sub", "birthdate"}
    assert "name" in part_of(found["id_token"], 1)
