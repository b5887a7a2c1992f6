"""What a client does that signs its requests, and maybe encrypts them."""

from dataclasses import replace
from typing import Any

from joserfc.jwk import Key

from idp.oidc.authorize.request_uris import Get, RequestUris
from idp.oidc.clients.cache import SECONDS
from idp.oidc.clients.models import ClientRecord
from tests.idp.oidc.clients.signing import jwks_of, new_key, signed
from tests.idp.oidc.world import CHALLENGE, HALL, REDIRECT_URIS, World

KEY = new_key()
ASKED = {
    "redirect_uri": REDIRECT_URIS[HALL],
    "response_type": "code",
    "scope": "openid profile",
    "state": "signed-state",
    "nonce": "the-nonce",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
NOTHING_BESIDE = dict.fromkeys(ASKED, None)


def change(world: World, client_id: str = HALL, /, **fields: Any) -> None:
    """Register the client anew."""
    world.clock.advance(SECONDS + 1)
    with world.provider.sessions.begin() as session:
        record = session.get_one(ClientRecord, client_id)
        kept = {**record.metadata_json, **fields}
        record.metadata_json = {name: value for name, value in kept.items() if value is not None}


def signs(world: World, *keys: Key, **fields: Any) -> None:
    change(world, jwks=jwks_of(*(keys or (KEY,))), **fields)


def request_object(
    world: World, key: Key = KEY, *, header: dict[str, Any] | None = None, **changes: Any
) -> str:
    """A fair one; None takes a claim away."""
    now = int(world.clock().timestamp())
    dated = {"iss": HALL, "aud": world.provider.issuer, "client_id": HALL, "nbf": now, "exp": now + 60}
    kept = {name: value for name, value in {**dated, **ASKED, **changes}.items() if value is not None}
    return signed(key, kept, **(header or {}))


def fetching(world: World, get: Get, *, per_minute: int = 100) -> None:
    """The same provider, asking other servers by `get`."""
    uris = RequestUris(get, world.provider.throttle, per_minute=per_minute)
    world.provider = replace(world.provider, request_uris=uris)
    world.__post_init__()
