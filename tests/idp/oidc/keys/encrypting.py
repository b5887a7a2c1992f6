"""What a client does that encrypts to us: with a library that we did not write, or by an attacker's hand."""

import json
from typing import Any

from joserfc import jwe
from joserfc.jwk import Key, KeySet

from idp.crypto.digests import base64url, from_base64url
from tests.idp.oidc.world import World

RECOMMENDED = [
    *("RSA-OAEP-256", "RSA-OAEP", "RSA1_5", "ECDH-ES", "ECDH-ES+A256KW", "ECDH-ES+A128KW", "dir"),
    *("PBES2-HS256+A128KW", "A128KW", "A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM", "DEF"),
]


def jwks_now(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(world.provider.keys.current().jwks)["keys"]
    return found


def our_key(world: World, alg: str) -> Key:
    """The one that discovery leads a client to."""
    fitting = [one for one in jwks_now(world) if one.get("use") == "enc" and one["alg"] == alg]
    assert len(fitting) == 1
    return next(iter(KeySet.import_key_set({"keys": fitting})))


def encrypted(key: Key, text: str, alg: str, enc: str = "A128CBC-HS256", **header: Any) -> str:
    named = {"alg": alg, "enc": enc, "kid": key.kid, "cty": "JWT", **header}
    protected = {name: value for name, value in named.items() if value is not None}
    registry = jwe.JWERegistry(algorithms=RECOMMENDED, strict_check_header=False)
    return jwe.encrypt_compact(protected, text, key, registry=registry)


def with_header(token: str, **changes: Any) -> str:
    """Another header than the one that was authenticated; None takes a name away."""
    segment, _, rest = token.partition(".")
    header = {**json.loads(from_base64url(segment)), **changes}
    kept = {name: value for name, value in header.items() if value is not None}
    return f"{base64url(json.dumps(kept).encode())}.{rest}"


def with_part(token: str, number: int, part: bytes) -> str:
    parts = token.split(".")
    parts[number] = base64url(part)
    return ".".join(parts)
