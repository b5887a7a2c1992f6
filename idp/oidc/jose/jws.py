"""JWTs that others signed: strict about form, about which key may sign what, and about size.

Only keys that the caller registered are asked: `jwk`, `jku`, `x5c` and `x5u` of a header are never
followed (RFC 8725 sections 3.8 and 3.10), and the algorithm comes from the caller's list, never
from the token alone (section 3.1).
"""

import hmac
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature

from idp.crypto.digests import from_base64url
from idp.oidc.facts import Fact, NotAllowed
from idp.oidc.jose.strict_json import strict_object
from idp.oidc.keys.algorithms import ALGORITHMS

if TYPE_CHECKING:
    from joserfc.jwk import Key

TOKEN_CHARACTERS_AT_MOST = 16384
KEY_TYPES = {
    "ES256": ("EC", "P-256"),
    "PS256": ("RSA", None),
    "RS256": ("RSA", None),
    "EdDSA": ("OKP", "Ed25519"),
}
"""Algorithm -> key type and curve (RFC 7518 section 3.1, RFC 8037 section 3.1)."""
MAC_ALGORITHMS = ("HS256",)
"""Apart from the others on purpose: nothing that takes a key takes a secret, and the other way round."""
HS256_BYTES_AT_LEAST = 32
"""RFC 7518 section 3.2."""

KeyOf = Callable[[str | None, str], "Key"]
"""The key for a `kid` and an algorithm. Raises KeyUnknown."""


class TokenRefused(Exception):
    """Says what is wrong with a token, never what stands in it; `fact`: for the developer's doctor."""

    def __init__(self, text: str, fact: Fact | None = None) -> None:
        super().__init__(text)
        self.fact = fact


class KeyUnknown(TokenRefused):
    """No registered key has that kid and fits the algorithm, or several do."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token whose signature was right. Its claims are the signer's word, and theirs alone."""

    header: dict[str, Any]
    claims: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unproved:
    """A token as it came: what it says tells whose key to look for, and nothing of it is believed yet."""

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]


def unproved(token: str) -> Unproved:
    """Raises TokenRefused."""
    header = header_of(token)
    try:
        return Unproved(token, header, _claims(token))
    except ValueError as error:
        raise TokenRefused(f"the token cannot be read ({type(error).__name__})") from None


def verified(token: str | Unproved, key_of: KeyOf, algorithms: Collection[str]) -> Token:
    """Raises TokenRefused."""
    from joserfc.errors import JoseError  # here: a provider whose clients sign nothing starts without it

    text, header = (token, header_of(token)) if isinstance(token, str) else (token.text, token.header)
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in algorithms or algorithm not in KEY_TYPES:
        raise _other_algorithm(algorithm, algorithms)
    if kid is not None and not isinstance(kid, str):
        raise TokenRefused("kid is no text")
    try:
        key = key_of(kid, algorithm).get_op_key("verify")
        signed, _, signature = text.rpartition(".")
        ALGORITHMS[algorithm].verify(key, from_base64url(signature), signed.encode("ascii"))
        return Token(header, _claims(token))
    except (InvalidSignature, JoseError, ValueError) as error:
        raise TokenRefused(f"the signature does not hold ({type(error).__name__})") from None


def authenticated(token: str | Unproved, secret: bytes) -> Token:
    """A token with a MAC of HS256, by a secret that we made. Raises TokenRefused."""
    text, header = (token, header_of(token)) if isinstance(token, str) else (token.text, token.header)
    if header.get("alg") not in MAC_ALGORITHMS:
        raise _other_algorithm(header.get("alg"), MAC_ALGORITHMS)
    if len(secret) < HS256_BYTES_AT_LEAST:
        raise TokenRefused("the secret is too short for its algorithm")
    signed, _, given = text.rpartition(".")
    try:
        mac = hmac.digest(secret, signed.encode("ascii"), "sha256")
        if not hmac.compare_digest(mac, from_base64url(given)):
            raise TokenRefused("the MAC is not right")
        return Token(header, _claims(token))
    except ValueError as error:
        raise TokenRefused(f"the token cannot be read ({type(error).__name__})") from None


def _other_algorithm(given: object, allowed: Collection[str]) -> TokenRefused:
    return TokenRefused(
        "signed with an algorithm that is not registered for it",
        NotAllowed("alg", (str(given)[:20],), tuple(sorted(allowed))),
    )


def type_of(header: Mapping[str, Any]) -> str | None:
    """`typ` as it is compared: RFC 7515 section 4.1.9 lets `application/` be left out, and media types have
    no case. Something that is no text is a type that nobody knows."""
    typ = header.get("typ")
    return str(typ).lower().removeprefix("application/") if typ is not None else None


def header_of(token: str) -> dict[str, Any]:
    """The header, unproved. Raises TokenRefused on anything but a compact JWS of bounded size."""
    if len(token) > TOKEN_CHARACTERS_AT_MOST or token.count(".") != 2:
        raise TokenRefused("not a signed JWT of bounded size")
    try:
        header = strict_object(from_base64url(token.partition(".")[0]))
    except ValueError:
        raise TokenRefused("the header cannot be read") from None
    if "crit" in header or "b64" in header:
        # RFC 7515 section 4.1.11: an extension that is not understood must refuse the token.
        raise TokenRefused("the header names extensions that are not understood")
    return header


def _claims(token: str | Unproved) -> dict[str, Any]:
    """Raises ValueError."""
    return token.claims if isinstance(token, Unproved) else strict_object(from_base64url(token.split(".")[1]))
