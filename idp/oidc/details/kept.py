"""What a request says of one person's affairs, between the request and the token: sealed.

An amount, a payee, a purpose in the client's own words: none of it may lie readable in our stores.
"""

import json
from collections.abc import Collection, Iterable

from idp.crypto.digests import base64url, from_base64url
from idp.crypto.fields import CannotOpen, FieldCipher
from idp.oidc.details.reading import Detail, canonical, standing
from idp.oidc.details.types import DetailsTypes

DETAILS, PURPOSE = "authorization details", "purpose"


def seal_details(cipher: FieldCipher, client_id: str, details: Iterable[Detail]) -> str:
    """Nothing stays nothing."""
    found = tuple(details)
    return seal(cipher, DETAILS, client_id, canonical(found)) if found else ""


def details_of(
    cipher: FieldCipher, client_id: str, kept: str, types: DetailsTypes, may_use: Collection[str]
) -> tuple[Detail, ...]:
    """As far as they are possible still."""
    text = unseal(cipher, DETAILS, client_id, kept)
    return standing(text, types, may_use) if text else ()


def is_whole(cipher: FieldCipher, client_id: str, kept: str, found: Collection[Detail]) -> bool:
    """Whether `details_of` has found everything that was kept."""
    text = unseal(cipher, DETAILS, client_id, kept)
    return bool(text) and len(json.loads(text)) == len(found)


def seal(cipher: FieldCipher, what: str, client_id: str, text: str) -> str:
    return base64url(cipher.seal(text, context=f"{what}:{client_id}")) if text else ""


def unseal(cipher: FieldCipher, what: str, client_id: str, kept: str) -> str:
    """Nothing when the master key that sealed it is gone."""
    if not kept:
        return ""
    try:
        return cipher.open_text(from_base64url(kept), context=f"{what}:{client_id}")
    except CannotOpen:
        return ""
