"""OpenID Connect Front-Channel Logout 1.0: the signed-out page loads an address of each client in a frame.

The browser does the telling, so it can only be told where a person signs out in one. What the page needs is
kept for it under an id of its own: the session that it came from is over.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from idp.crypto.digests import digest, new_secret
from idp.oidc.clients.metadata import Client
from idp.oidc.provider import Provider
from idp.oidc.subjects import sid_of
from idp.storage.ephemeral import EphemeralStore

SECONDS = 300
PARAMETER = "left"
FRAMES_AT_MOST = 32
"""More would keep the browser busy for longer than anybody waits; back-channel notices have no such bound."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """What the signed-out page shows and loads."""

    client_id: str | None
    return_to: str | None
    """A registered post_logout_redirect_uri, with `state`."""
    frames: tuple[str, ...]
    ui_locales: str = ""


def frames(provider: Provider, client_ids: Iterable[str], session_id: str) -> tuple[str, ...]:
    """The addresses at which clients are told by the browser that this session is over."""
    found = (provider.clients.find(client_id) for client_id in client_ids)
    addresses = (_address(provider, client, session_id) for client in found if client is not None)
    return tuple(address for address in addresses if address is not None)[:FRAMES_AT_MOST]


def _address(provider: Provider, client: Client, session_id: str) -> str | None:
    uri = client.metadata.frontchannel_logout_uri
    if uri is None or not client.metadata.frontchannel_logout_session_required:
        return uri
    # Section 2: `iss` and `sid`, each MUST be there when the other is.
    sid = sid_of(provider.pairwise_key, client, session_id)
    return with_parameters(uri, iss=provider.issuer, sid=sid)


def with_parameters(uri: str, **parameters: str) -> str:
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(parameters)}"


def keep(store: EphemeralStore, farewell: Farewell) -> str:
    """The id under which `recall` finds it, also when the page is loaded again."""
    kept = new_secret(16)
    store.put(_key(kept), json.dumps(asdict(farewell)).encode(), seconds=SECONDS)
    return kept


def recall(store: EphemeralStore, kept: str | None) -> Farewell | None:
    found = None if kept is None else store.get(_key(kept))
    if found is None:
        return None
    value = json.loads(found)
    return Farewell(**{**value, "frames": tuple(value["frames"])})


def _key(kept: str) -> str:
    return f"farewell:{digest(kept)}"
