"""Access tokens: JWTs (RFC 9068), or opaque ones as registered; and how one that comes back is read.

An opaque token is random, and what it stands for lies in the ephemeral store under its digest. Nobody
can look into it, and nobody can check it without asking us, who know at once when it has ended.

A token of a person names its grant, one ephemeral key that ends all tokens of it at once. A token
that stands for a client alone has no grant: nothing is kept when it is issued, and when it is revoked
its `jti` is, until it would have expired.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.crypto.digests import digest, new_secret
from idp.oidc.clients.metadata import Client
from idp.oidc.details import kept
from idp.oidc.details.reading import PARAMETER as DETAILS
from idp.oidc.facts import Late
from idp.oidc.keys.jwt import ACCESS_TOKEN, NotOurToken
from idp.oidc.provider import Provider
from idp.oidc.token.senders import UNBOUND, Sender

ALGORITHM = "ES256"
TOKEN_ID_BYTES = 16
OPAQUE = "opaque"


@dataclass(frozen=True, slots=True, repr=False)
class Written:
    text: str
    token_id: str
    """`jti`."""


def write(
    provider: Provider,
    client: Client,
    said: Mapping[str, Any],
    sender: Sender,
    now: datetime,
    *,
    opaque: bool = False,
) -> Written:
    """`said`: what the token says besides who wrote it, when, and for whom; or of that otherwise.

    `opaque`: whatever the client has registered. Raises KeysMissing.
    """
    issued_at = int(now.timestamp())
    token_id = new_secret(TOKEN_ID_BYTES)
    # RFC 9068 section 2.2. `aud`: the provider itself, whose userinfo is all that it opens (section 3).
    claims = {
        "iss": provider.issuer,
        "aud": provider.issuer,
        "exp": issued_at + provider.protocol.access_token_seconds,
        "iat": issued_at,
        "jti": token_id,
        "client_id": client.client_id,
        **said,
    }
    if sender is not UNBOUND:
        claims["cnf"] = sender.confirmation
    if opaque or client.metadata.access_token_format == OPAQUE:
        text = new_secret()
        value = json.dumps(_sealed(provider, client, claims), separators=(",", ":")).encode()
        provider.store.put(_kept(text), value, seconds=max(1, claims["exp"] - issued_at))
        return Written(text, token_id)
    text = provider.keys.current().signer(ALGORITHM, now).sign(claims, typ=ACCESS_TOKEN)
    return Written(text, token_id)


def who_may_act(client: Client) -> dict[str, Any]:
    """The claim by which a client's tokens name who alone may exchange them (RFC 8693 section 4.4)."""
    named = client.metadata.may_act
    return {} if named is None else {"may_act": {"sub": named}}


def read(provider: Provider, text: str, now: datetime) -> dict[str, Any]:
    """What one of ours says that has not expired. Whether it still stands is the caller's to ask.

    Raises NotOurToken.
    """
    claims = provider.keys.current().read(text, typ=ACCESS_TOKEN) if "." in text else _opened(provider, text)
    if claims["exp"] <= now.timestamp():
        late = Late("access_token", int(now.timestamp()) - claims["exp"], claims["exp"] - claims["iat"])
        raise NotOurToken("expired", late, str(claims["client_id"]))
    return claims


def revoke(provider: Provider, claims: Mapping[str, Any], now: datetime) -> None:
    """End a token that has no grant."""
    seconds = max(1, int(claims["exp"] - now.timestamp()) + 1)
    provider.store.put(_revoked(claims), b"", seconds=seconds)


def is_revoked(provider: Provider, claims: Mapping[str, Any]) -> bool:
    return provider.store.get(_revoked(claims)) is not None


def _opened(provider: Provider, text: str) -> dict[str, Any]:
    found = provider.store.get(_kept(text))
    if found is None:
        raise NotOurToken("no such token")
    claims: dict[str, Any] = json.loads(found)
    if DETAILS in claims:
        text = kept.unseal(provider.cipher, kept.DETAILS, claims["client_id"], claims[DETAILS])
        claims[DETAILS] = json.loads(text or "[]")
    return claims


def _sealed(provider: Provider, client: Client, claims: dict[str, Any]) -> dict[str, Any]:
    """As it may lie in a store: what a person agreed to in detail is readable there to nobody."""
    if DETAILS not in claims:
        return claims
    text = json.dumps(claims[DETAILS], ensure_ascii=False)
    return {**claims, DETAILS: kept.seal(provider.cipher, kept.DETAILS, client.client_id, text)}


def _kept(text: str) -> str:
    return f"access:{digest(text)}"


def _revoked(claims: Mapping[str, Any]) -> str:
    return f"revoked:{claims['jti']}"
