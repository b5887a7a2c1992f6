"""Public keys as somebody pastes them: a JWKS, one JWK, or PEM; what they are, or what is wrong with each.

RFC 7517; RFC 7468 section 13 (SubjectPublicKeyInfo) and section 5 (certificates). Sentences are msgids.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from idp.locales import gettext_noop as _
from idp.oidc.jose.public_keys import KEYS_AT_MOST, KeysRefused, public_keys

if TYPE_CHECKING:
    from joserfc.jwk import Key

CHARACTERS_AT_MOST = 65_536
PEM_BEGINS = "-----BEGIN "
PRIVATE_PARTS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""RFC 7518 section 6."""
KEPT_PARTS = frozenset(
    ("kty", "crv", "x", "y", "n", "e", "kid", "use", "alg", "key_ops", "x5c", "x5t#S256", "exp", "nbf")
)


@dataclass(frozen=True, slots=True)
class KeyFound:
    """A public key, for whoever looks after it."""

    kid: str
    """As it is registered; the thumbprint (RFC 7638) where the key says none."""
    kind: str
    """Such as `EC P-256`."""
    use: str | None
    algorithm: str | None
    expires_at: datetime | None = None
    """Where that is known: by `exp`, or by the key's own certificate."""
    thumbprint: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """`wrong` and `mend`: msgids with `values`."""

    wrong: str
    mend: str
    values: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """These keys are not taken."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.wrong)
        self.problem = problem


NOT_READ = Problem(
    _("This is neither JSON nor PEM."),
    _('Paste a JWKS ({"keys": [...]}), one JWK ({"kty": ...}), or a PEM that begins with -----BEGIN.'),
)
PRIVATE = Problem(
    _("This is a private key. It has now been seen by a browser and a server: it is spoilt."),
    _("Throw it away, make a new pair, and paste its public half alone. Nothing of this was kept."),
)
SYMMETRIC = Problem(
    _("This is a shared secret (kty oct), not a public key."),
    _("Make a pair of keys: EC P-256 is right for nearly everybody."),
)
TOO_LONG = Problem(
    _("This is too long."),
    _("At most %(count)s keys, without pictures and chains."),
    {"count": str(KEYS_AT_MOST)},
)
EMPTY = Problem(_("There is no key in it."), _('A JWKS has a list of them: {"keys": [ ... ]}.'))
SAME_KID = _("Two keys have the same kid: %(kid)s.")
SAME_KID_MEND = _("Give each key a kid of its own, or nobody can tell which one signed.")
UNUSABLE = _("Key no. %(number)s cannot be used: %(reason)s.")
UNUSABLE_MEND = _("EC with P-256, OKP with Ed25519, and RSA with 2048 to 8192 bits are taken.")


def read_keys(text: str) -> dict[str, Any]:
    """The JWKS that somebody means, each key with a kid. Raises Refused."""
    if len(text) > CHARACTERS_AT_MOST:
        raise Refused(TOO_LONG)
    stripped = text.strip()
    listed = _from_pem(stripped) if stripped.startswith(PEM_BEGINS) else _from_json(stripped)
    if len(listed) > KEYS_AT_MOST:
        raise Refused(TOO_LONG)
    keys = [_checked(one, number) for number, one in enumerate(listed, 1)]
    kids = [one["kid"] for one in keys]
    for kid in kids:
        if kids.count(kid) > 1:
            raise Refused(Problem(SAME_KID, SAME_KID_MEND, {"kid": kid}))
    return {"keys": keys}


def found_in(jwks: Mapping[str, Any]) -> tuple[KeyFound, ...]:
    """What is in a set that is registered, or was fetched. Raises KeysRefused."""
    return tuple(_described(key) for key in public_keys(jwks))


def _from_json(text: str) -> list[Mapping[str, Any]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(NOT_READ) from None
    if not isinstance(found, dict):
        raise Refused(NOT_READ)
    listed = found.get("keys", [found] if "kty" in found else None)
    if not isinstance(listed, list) or not listed or not all(isinstance(one, dict) for one in listed):
        raise Refused(EMPTY)
    return listed


def _from_pem(text: str) -> list[Mapping[str, Any]]:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    if "PRIVATE KEY-----" in text:
        raise Refused(PRIVATE)
    try:
        pem = text.encode("ascii")
        if "BEGIN CERTIFICATE-----" in text:
            public = x509.load_pem_x509_certificate(pem).public_key()
            pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        kind = _kind_of_pem(pem)
        return [import_key(pem, kind).as_dict(private=False)]
    except UnsupportedAlgorithm:
        # Such as SM2: a key, and well written.
        raise Refused(_unusable(1, "its kind is not known here")) from None
    except (JoseError, x509.InvalidVersion, ValueError, TypeError, KeyError, AttributeError):
        raise Refused(NOT_READ) from None


def _kind_of_pem(pem: bytes) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key = load_pem_public_key(pem)
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA"
    return "EC" if isinstance(key, ec.EllipticCurvePublicKey) else "OKP"


def _checked(one: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Raises Refused."""
    if one.get("kty") == "oct":
        raise Refused(SYMMETRIC)
    if PRIVATE_PARTS & one.keys():
        raise Refused(PRIVATE)
    kept = {name: value for name, value in one.items() if name in KEPT_PARTS}
    try:
        [key] = public_keys({"keys": [kept]})
    except KeysRefused as refused:
        reason = str(refused).removeprefix("keys: ")
        raise Refused(_unusable(number, reason)) from None
    kid = one.get("kid")
    if kid is not None and (not isinstance(kid, str) or not 0 < len(kid) <= 128 or not kid.isprintable()):
        raise Refused(_unusable(number, "kid: 1 to 128 characters"))
    return {**kept, "kid": kid or key.thumbprint()}


def _unusable(number: int, reason: str) -> Problem:
    return Problem(UNUSABLE, UNUSABLE_MEND, {"number": str(number), "reason": reason})


def _described(key: "Key") -> KeyFound:
    size = key.get("crv") or str(getattr(getattr(key, "public_key", None), "key_size", ""))
    return KeyFound(
        kid=str(key.get("kid") or key.thumbprint()),
        kind=f"{key.key_type} {size}".strip(),
        use=_text(key.get("use")),
        algorithm=_text(key.get("alg")),
        expires_at=expiry_of(key),
        thumbprint=key.thumbprint(),
    )


def expiry_of(key: "Key") -> datetime | None:
    """By `exp` (seconds since 1970), or by the certificate that the key brings (RFC 7517 section 4.7)."""
    ends = key.get("exp")
    if isinstance(ends, int) and not isinstance(ends, bool) and 0 < ends < 253_402_300_799:
        return datetime.fromtimestamp(ends, UTC)
    chain = key.get("x5c")
    if not isinstance(chain, list) or not chain or not isinstance(chain[0], str):
        return None
    from base64 import b64decode

    from cryptography import x509

    try:
        return x509.load_der_x509_certificate(b64decode(chain[0])).not_valid_after_utc
    except (ValueError, x509.InvalidVersion):  # the latter is none of the former
        return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
