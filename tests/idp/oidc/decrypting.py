"""What a client does that gets encrypted answers: keys of its own, and opening what comes."""

import json
from typing import Any

from joserfc import jwe, jws
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

from idp.oidc.jose.jwe import CONTENT_ALGORITHMS, KEY_ALGORITHMS
from tests.idp.oidc.world import World

RSA = RSAKey.generate_key(2048)
"""Made once: it takes longer than all the rest."""


def decrypting_key(algorithm: str = "ECDH-ES", **fields: Any) -> Key:
    """`fields`: members of the JWK; None takes one away."""
    key: Key = RSA if algorithm.startswith("RSA") else ECKey.generate_key("P-256")
    return with_members(key, **{"kid": f"for {algorithm}", "use": "enc", **fields})


def x25519_key(**fields: Any) -> Key:
    return with_members(OKPKey.generate_key("X25519"), **{"kid": "x25519", "use": "enc", **fields})


def with_members(key: Key, **fields: Any) -> Key:
    members = {**key.as_dict(private=True), **fields}
    return type(key).import_key({name: value for name, value in members.items() if value is not None})


def opened(token: str, key: Key) -> tuple[dict[str, Any], str]:
    """The header and the text of a JWE. Raises what joserfc raises."""
    found = jwe.decrypt_compact(token, key, algorithms=[*KEY_ALGORITHMS, *CONTENT_ALGORITHMS])
    assert found.plaintext is not None
    return dict(found.protected), found.plaintext.decode()


def proved(world: World, token: str, *algorithms: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the claims of a JWS that one of our published keys made, as another library sees it."""
    keys = KeySet.import_key_set(json.loads(world.provider.keys.current().jwks))
    found = jws.deserialize_compact(token, keys, algorithms=list(algorithms) or ["ES256"])
    return dict(found.headers()), json.loads(found.payload)
