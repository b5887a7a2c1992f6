"""id_token_hint: an id_token of ours that a client sends back (OpenID Connect Core 1.0 section 3.1.2.1)."""

from dataclasses import dataclass

from idp.oidc.keys.jwt import ID_TOKEN, NotOurToken
from idp.oidc.keys.ring import KeysMissing, Ring

JWE_DOTS = 4
"""RFC 7516 section 7.1."""


class HintRefused(Exception):
    """Says why, in a word for the log."""


@dataclass(frozen=True, slots=True)
class Hint:
    client_id: str
    sub: str
    sid: str


def read_hint(ring: Ring, token: str, issuer: str, client_id: str | None) -> Hint:
    """Raises HintRefused; KeysMissing when there is no key to judge it by.

    An expired one is good: it tells whom the client knows, and opens nothing (RP-Initiated Logout 1.0
    section 2). `client_id`: whose it must be, when that is known.
    """
    if not ring.by_header:
        raise KeysMissing("no key to verify with")
    if token.count(".") == JWE_DOTS:
        # OpenID Connect Core 1.0 section 3.1.2.1: the client MUST decrypt it first.
        raise HintRefused("encrypted: the signed id_token inside is the hint")
    try:
        claims = ring.read(token, typ=ID_TOKEN)
    except NotOurToken as error:
        raise HintRefused(str(error)) from None
    if claims.get("iss") != issuer:
        raise HintRefused("issuer")
    hint = Hint(str(claims["aud"]), str(claims["sub"]), str(claims["sid"]))
    if client_id is not None and hint.client_id != client_id:
        raise HintRefused("issued to another client")
    return hint
