"""How what clients get is signed and encrypted: as each of them registered."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from idp.oidc.clients.cache import SECONDS
from idp.oidc.clients.metadata import MetadataRefused, from_json
from idp.oidc.clients.models import ClientRecord
from tests.contracts.advertised.moves import Metadata, change, tokens
from tests.idp.oidc.clients.signing import jwks_of
from tests.idp.oidc.decrypting import decrypting_key, opened, proved
from tests.idp.oidc.world import HALL, SECRETS, World, basic, location_of


def sent(world: World, what: str) -> str:
    """An id_token, userinfo, an answer of the authorization endpoint, an answer of introspection."""
    if what == "authorization":
        answer = location_of(world.authorize(response_mode="jwt", prompt="none"))
        return parse_qs(urlsplit(answer).query)["response"][0]
    given = tokens(world)
    if what == "id_token":
        id_token: str = given["id_token"]
        return id_token
    if what == "userinfo":
        return world.userinfo(given["access_token"]).body.decode()
    headers = {"authorization": basic(HALL, SECRETS[HALL]), "accept": "application/token-introspection+jwt"}
    return world.post("/oauth2/introspect", {"token": given["access_token"]}, **headers).body.decode()


def register(world: World, **fields: Any) -> None:
    world.clock.advance(SECONDS + 1)
    change(world, HALL, **fields)


def is_registered(world: World, **fields: Any) -> bool:
    with world.provider.sessions() as session:
        record = session.get_one(ClientRecord, HALL)
    known = {"client_id": HALL, "sector": record.sector, **record.metadata_json}
    try:
        from_json({**known, **fields})
    except MetadataRefused:
        return False
    return True


def signed(world: World, metadata: Metadata) -> None:
    world.sign_in()
    world.code()
    for what in ("userinfo", "introspection"):
        offered = metadata[f"{what}_signing_alg_values_supported"]
        for algorithm in offered:
            register(world, **{f"{what}_signed_response_alg": algorithm})
            assert proved(world, sent(world, what), algorithm)[0]["alg"] == algorithm
        for algorithm in {"none", "HS256", "RS256", "ES384"} - set(offered):
            assert not is_registered(world, **{f"{what}_signed_response_alg": algorithm})


def encrypted(world: World, metadata: Metadata) -> None:
    """Each `alg` with each `enc`, for each that is sent; and no other is registered."""
    world.sign_in()
    world.code()
    keys = {kind: decrypting_key(kind) for kind in ("RSA-OAEP", "ECDH-ES")}
    jwks = jwks_of(*keys.values())
    for what in ("id_token", "userinfo", "authorization", "introspection"):
        name = f"{what}_encrypted_response"
        algorithms = metadata[f"{what}_encryption_alg_values_supported"]
        contents = metadata[f"{what}_encryption_enc_values_supported"]
        for number, alg in enumerate(algorithms):
            enc = contents[number % len(contents)]
            register(world, jwks=jwks, **{f"{name}_alg": alg, f"{name}_enc": enc})
            key = keys["RSA-OAEP" if alg.startswith("RSA") else "ECDH-ES"]
            header, text = opened(sent(world, what), key)
            assert (header["alg"], header["enc"], header["kid"]) == (alg, enc, key.kid)
            assert text if header.get("cty") == "JWT" else json.loads(text)["sub"]
        for enc in contents:
            assert is_registered(world, **{f"{name}_enc": enc})
        for alg in {"RSA1_5", "dir", "A256KW", "ECDH-ES+A192KW"}:
            assert not is_registered(world, **{f"{name}_alg": alg})
        assert not is_registered(world, **{f"{name}_enc": "A192GCM"})
