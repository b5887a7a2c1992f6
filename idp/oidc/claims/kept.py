"""The `claims` parameter between the request and the release, sealed: a client may ask whether a number or a
name is the one that it knows, and then that number would lie in our stores."""

from idp.crypto.digests import base64url, from_base64url
from idp.crypto.fields import CannotOpen, FieldCipher
from idp.oidc.claims.asked import ClaimsAsked, read


def seal(cipher: FieldCipher, client_id: str, text: str) -> str:
    """Nothing stays nothing."""
    return base64url(cipher.seal(text, context=_context(client_id))) if text else ""


def unseal(cipher: FieldCipher, client_id: str, kept: str) -> ClaimsAsked:
    """Nothing is asked any more when the master key that sealed it is gone."""
    if not kept:
        return ClaimsAsked()
    try:
        return read(cipher.open_text(from_base64url(kept), context=_context(client_id)))
    except CannotOpen:
        return ClaimsAsked()


def _context(client_id: str) -> str:
    return f"claims parameter:{client_id}"
