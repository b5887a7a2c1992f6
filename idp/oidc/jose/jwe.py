"""What we encrypt, to public keys that clients gave us (RFC 7516): which algorithms, to which key.

RSA1_5 is not offered (RFC 8725 section 3.2): its padding is an oracle for whoever can ask twice. RSA-OAEP is:
that it hashes with SHA-1 does not weaken it, and many libraries know nothing newer. No symmetric key
management: a client secret is kept as a MAC alone, and no `zip` (section 3.6).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from idp.oidc.jose.jws import KeyUnknown

if TYPE_CHECKING:
    from joserfc.jwk import Key, KeySet

RSA_ALGORITHMS = ("RSA-OAEP-256", "RSA-OAEP")
ECDH_ALGORITHMS = ("ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW")
KEY_ALGORITHMS = (*RSA_ALGORITHMS, *ECDH_ALGORITHMS)
"""`alg`: RFC 7518 section 4.1."""
CONTENT_ALGORITHMS = ("A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM")
"""`enc`: RFC 7518 section 5.1."""
DEFAULT_CONTENT = "A128CBC-HS256"
"""Where `enc` is left out (OpenID Connect Registration 1.0 section 2)."""
RSA_BITS = range(2048, 4097)
"""RFC 7518 section 4.3 asks for 2048; more than 4096 is work without a reason."""
CURVES = {"EC": ("P-256", "P-384", "P-521"), "OKP": ("X25519",)}
"""RFC 7518 section 6.2.1.1, RFC 8037 section 3.2. Points are checked when a set is read."""
OPERATIONS = frozenset(("encrypt", "wrapKey", "deriveKey", "deriveBits"))
"""`key_ops` that let us encrypt to a key (RFC 7517 section 4.3)."""


@dataclass(frozen=True, slots=True)
class Encryption:
    """As it was registered."""

    alg: str
    enc: str


def recipient(keys: "KeySet", algorithm: str) -> "Key":
    """The key to encrypt to. Raises KeyUnknown.

    Never one that is meant for signatures (OpenID Connect Core 1.0 section 10.2), and one that says that it
    is for this before one that says nothing.
    """
    fitting = list(_fitting(keys, algorithm))
    if not fitting:
        raise KeyUnknown(
            f"no key fits {algorithm}: one of its kind and size is needed whose use is enc or left out, "
            "with a kid where there are several keys"
        )
    return min(fitting, key=lambda key: (key.get("use") is None, key.get("alg") is None))


def encrypted(text: str, key: "Key", encryption: Encryption, *, is_nested: bool = True) -> str:
    """`is_nested`: the text is a JWT, and not bare claims. Raises KeyUnknown for a key that is none."""
    from joserfc import jwe  # here: a provider whose clients want nothing encrypted starts without it
    from joserfc.errors import JoseError

    header: dict[str, Any] = {"alg": encryption.alg, "enc": encryption.enc}
    # RFC 7519 section 5.2: a nested JWT says so.
    header.update({"cty": "JWT"} if is_nested else {"typ": "JWT"})
    kid = own_kid(key)
    if kid is not None:
        header["kid"] = kid
    try:
        return jwe.encrypt_compact(header, text, _bare(key), algorithms=[encryption.alg, encryption.enc])
    except (JoseError, ValueError) as error:
        # A point of small order, which only shows when it is used (RFC 7748 section 6.1).
        raise KeyUnknown(f"the key cannot be used ({type(error).__name__})") from None


def own_kid(key: "Key") -> str | None:
    """As the client wrote it: a set that was read gives a name of its own to a key without one."""
    written = key.original_value
    return written.get("kid") if isinstance(written, dict) else None


def _fitting(keys: "KeySet", algorithm: str) -> Iterator["Key"]:
    is_alone = len(keys.keys) == 1
    for key in keys:
        operations = key.get("key_ops")
        if (
            _is_of_the_kind(key, algorithm)
            and key.get("use") in {None, "enc"}
            and key.get("alg") in {None, algorithm}
            and (operations is None or not OPERATIONS.isdisjoint(operations))
            # OpenID Connect Core 1.0 section 10.2: among several keys, the kid says which it was.
            and (is_alone or own_kid(key) is not None)
        ):
            yield key


def _is_of_the_kind(key: "Key", algorithm: str) -> bool:
    from joserfc.jwk import RSAKey

    if algorithm in RSA_ALGORITHMS:
        return isinstance(key, RSAKey) and key.public_key.key_size in RSA_BITS
    return key.get("crv") in CURVES.get(key.key_type, ())


def _bare(key: "Key") -> "Key":
    """Without `key_ops`, of which the library asks for other words than RFC 7517 has for these algorithms."""
    written = key.as_dict(private=False)
    if "key_ops" not in written:
        return key
    del written["key_ops"]
    return type(key).import_key(written)
