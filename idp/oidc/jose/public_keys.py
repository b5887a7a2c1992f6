"""Sets of public keys that others give us (RFC 7517), and the one that a token may be signed with."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from idp.oidc.jose.jws import KEY_TYPES, KeyUnknown

if TYPE_CHECKING:
    from joserfc.jwk import Key, KeySet

KEYS_AT_MOST = 20
RSA_BITS = range(2048, 8193)


class KeysRefused(ValueError):
    """A set of keys that must not be used; says why."""


def public_keys(document: Mapping[str, Any]) -> "KeySet":
    """A set that somebody registers: who gives a key that cannot be used learns why. Raises KeysRefused."""
    return _set([_key(one) for one in _known(document)])


def usable_keys(document: Mapping[str, Any]) -> "KeySet":
    """A set that was fetched: a key that cannot be used is passed over, and takes none of the others with it
    (RFC 7517 section 5). Raises KeysRefused."""
    found = []
    for one in _known(document):
        try:
            found.append(_key(one))
        except KeysRefused:
            continue
    return _set(found)


def _known(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """RFC 7517 section 5: keys of a kind that we do not know are passed over."""
    listed = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(listed, list) or not 0 < len(listed) <= KEYS_AT_MOST:
        raise KeysRefused(f"keys: a list of 1 to {KEYS_AT_MOST}")
    kinds = {kind for kind, _ in KEY_TYPES.values()}
    known = [one for one in listed if isinstance(one, Mapping) and str(one.get("kty")) in kinds]
    if any("d" in one for one in known):
        raise KeysRefused("keys: a private key must never be given away")
    return known


def _key(one: Mapping[str, Any]) -> "Key":
    from joserfc.errors import JoseError  # here: most providers read no client's keys when they start
    from joserfc.jwk import RSAKey, import_key

    try:
        key: Key = import_key(dict(one))
    except (JoseError, ValueError, TypeError, KeyError):
        raise KeysRefused("keys: one of them cannot be read") from None
    # RFC 7517 section 4.2: a text. The library lets a list of its words pass.
    if not isinstance(key.get("use", ""), str):
        raise KeysRefused("keys: use is no text")
    if isinstance(key, RSAKey) and key.public_key.key_size not in RSA_BITS:
        raise KeysRefused("keys: RSA keys have 2048 to 8192 bits")
    return key


def _set(keys: "list[Key]") -> "KeySet":
    from joserfc.jwk import KeySet

    if not keys:
        raise KeysRefused("keys: none of them can be used")
    return KeySet(keys)


def choose(keys: "KeySet", kid: str | None, algorithm: str, *, use: str = "sig") -> "Key":
    """The one key that a token may be signed with. Raises KeyUnknown.

    OpenID Connect Core 1.0 section 10.1: without a kid there must be no choice.
    """
    kind, curve = KEY_TYPES[algorithm]
    fitting = [
        key
        for key in keys
        if key.key_type == kind
        and (kid is None or key.kid == kid)
        and (curve is None or key.get("crv") == curve)
        and key.get("use") in {None, use}
        and key.get("alg") in {None, algorithm}
    ]
    if len(fitting) != 1:
        raise KeyUnknown(
            "no key fits kid and algorithm" if not fitting else "several keys fit: kid is needed"
        )
    return fitting[0]
