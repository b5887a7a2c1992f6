"""Opening what others encrypted to one of our keys (RFC 7516), straight over pyca/cryptography.

One algorithm a key, few of them, and nothing that a sender can make expensive or telling:

- RSA1_5 is missing, since its padding is an oracle (RFC 8725 section 3.2); `dir`, since we share no key with
  anybody; PBES2, whose `p2c` says how long we shall work; and `zip`, by which little becomes much (RFC 8725
  section 3.6).
- Only the header names below are known. A key that the header brings along is read in one place alone:
  `epk`, which is the sender's ephemeral part of ECDH-ES, and has to be a point on the curve.
- After the header, all that can be wrong ends at the same check of the content, with the same error: a key
  that does not unwrap is replaced by a random one first (RFC 7516 section 11.5).
"""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256, sha512
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap
from cryptography.hazmat.primitives.padding import PKCS7

from idp.crypto.digests import from_base64url
from idp.oidc.jose.jws import TOKEN_CHARACTERS_AT_MOST, TokenRefused
from idp.oidc.jose.strict_json import strict_object
from idp.oidc.keys.algorithms import P256_BYTES, RSA_BITS

CHARACTERS_AT_MOST = TOKEN_CHARACTERS_AT_MOST * 4 // 3 + 2048
"""The longest signed token, in base64url once more, and room for the header."""
HEADERS = frozenset(("alg", "enc", "kid", "typ", "cty", "epk", "apu", "apv", "iss", "sub", "aud"))
"""RFC 7516 section 4.1 and RFC 7518 section 4.6.1; the last three are replicas (RFC 7519 section 5.3)."""
NESTED = ("JWT", "oauth-authz-req+jwt")
"""`cty`: RFC 7519 section 5.2. Not all senders write it."""
PARTY_BYTES_AT_MOST = 256
AES_BLOCK_BITS, AES_BLOCK_BYTES, GCM_NONCE_BYTES, GCM_TAG_BYTES = 128, 16, 12, 16
OAEP = padding.OAEP(padding.MGF1(SHA256()), SHA256(), label=None)

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class CannotDecrypt(TokenRefused):
    """Says what is wrong with the header; of what is encrypted, nothing."""


@dataclass(frozen=True, slots=True)
class _Sealed:
    """What is encrypted, with its IV and tag, and the header's segment, which is authenticated with it."""

    header: bytes
    iv: bytes
    text: bytes
    tag: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """A content encryption (RFC 7518 section 5)."""

    key_bytes: int
    open: Callable[[bytes, _Sealed], bytes]
    """Raises InvalidTag or ValueError."""


@dataclass(frozen=True, slots=True)
class KeyManagement:
    """An `alg`. `unwrapped` gives the content key, or something of its length that opens nothing."""

    generate: Callable[[], PrivateKey]
    unwrapped: Callable[[Any, Mapping[str, Any], bytes, int], bytes]
    """Of a private key, the header, the encrypted key and the length wanted in bytes. Raises
    CannotDecrypt where the header is wrong."""


def decrypted(
    text: str, find: Callable[[str | None, str], PrivateKey], algs: frozenset[str], encs: frozenset[str]
) -> str:
    """The nested token. `find`: our key for a kid and an algorithm. Raises TokenRefused."""
    if len(text) > CHARACTERS_AT_MOST or text.count(".") != 4:
        raise CannotDecrypt("not an encrypted JWT of bounded size")
    segment, *rest = text.split(".")
    try:
        header = strict_object(from_base64url(segment))
        wrapped, iv, cipher_text, tag = map(from_base64url, rest)
    except ValueError:
        raise CannotDecrypt("the encrypted JWT cannot be read") from None
    alg, enc = _check(header, algs, encs)
    content = CONTENTS[enc]
    private = find(header.get("kid"), alg)
    key = ALGORITHMS[alg].unwrapped(private, header, wrapped, content.key_bytes)
    try:
        return content.open(key, _Sealed(segment.encode("ascii"), iv, cipher_text, tag)).decode("ascii")
    except (InvalidTag, ValueError):
        raise CannotDecrypt("it cannot be decrypted") from None


def _check(header: Mapping[str, Any], algs: frozenset[str], encs: frozenset[str]) -> tuple[str, str]:
    if not header.keys() <= HEADERS:
        # Among them `zip`, `crit`, `p2c`, and keys from elsewhere: jwk, jku, x5c, x5u.
        raise CannotDecrypt("the header names something that is not understood")
    alg, enc, cty = header.get("alg"), header.get("enc"), header.get("cty")
    if not isinstance(alg, str) or alg not in ALGORITHMS or alg not in algs:
        raise CannotDecrypt("encrypted with an alg that is not offered, or not registered")
    if not isinstance(enc, str) or enc not in CONTENTS or enc not in encs:
        raise CannotDecrypt("encrypted with an enc that is not offered, or not registered")
    if not isinstance(header.get("kid", ""), str) or (cty is not None and cty not in NESTED):
        raise CannotDecrypt("kid or cty is wrong")
    return alg, enc


def _rsa(private: rsa.RSAPrivateKey, _header: Mapping[str, Any], wrapped: bytes, size: int) -> bytes:
    try:
        key = private.decrypt(wrapped, OAEP)
    except ValueError:
        return secrets.token_bytes(size)
    return key if len(key) == size else secrets.token_bytes(size)


def _agreed(
    private: ec.EllipticCurvePrivateKey, header: Mapping[str, Any], wrapped: bytes, size: int
) -> bytes:
    """RFC 7518 section 4.6: the agreed key is the content key, and the encrypted key is empty."""
    key = _derived(private, header, header["enc"], size)
    return secrets.token_bytes(size) if wrapped else key


def _agreed_to_wrap(
    private: ec.EllipticCurvePrivateKey, header: Mapping[str, Any], wrapped: bytes, size: int
) -> bytes:
    try:
        key = aes_key_unwrap(_derived(private, header, header["alg"], 32), wrapped)
    except (InvalidUnwrap, ValueError):
        return secrets.token_bytes(size)
    return key if len(key) == size else secrets.token_bytes(size)


def _derived(
    private: ec.EllipticCurvePrivateKey, header: Mapping[str, Any], algorithm: str, size: int
) -> bytes:
    """RFC 7518 section 4.6.2: Concat KDF with SHA-256 over the agreed secret."""
    shared = private.exchange(ec.ECDH(), _ephemeral(header.get("epk")))
    parties = (_party(header.get(name, "")) for name in ("apu", "apv"))
    info = b"".join(len(part).to_bytes(4, "big") + part for part in (algorithm.encode(), *parties))
    return ConcatKDFHash(SHA256(), size, info + (size * 8).to_bytes(4, "big")).derive(shared)


def _ephemeral(epk: Any) -> ec.EllipticCurvePublicKey:
    """RFC 7518 section 4.6.1.1. A point that is not on the curve would tell of our key, bit by bit."""
    try:
        if not isinstance(epk, dict) or (epk.get("kty"), epk.get("crv")) != ("EC", "P-256"):
            raise ValueError("another kind of key")
        x, y = (from_base64url(epk[name]) for name in ("x", "y"))
        if (len(x), len(y)) != (P256_BYTES, P256_BYTES):
            raise ValueError("coordinates of another length")
        point = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), ec.SECP256R1())
        return point.public_key()
    except (KeyError, TypeError, ValueError):
        raise CannotDecrypt("epk is no point on P-256") from None


def _party(value: Any) -> bytes:
    try:
        found = from_base64url(value)
    except (TypeError, ValueError):
        raise CannotDecrypt("apu or apv is wrong") from None
    if len(found) > PARTY_BYTES_AT_MOST:
        raise CannotDecrypt("apu or apv is too long")
    return found


def _gcm(key: bytes, sealed: _Sealed) -> bytes:
    """RFC 7518 section 5.3."""
    if (len(sealed.iv), len(sealed.tag)) != (GCM_NONCE_BYTES, GCM_TAG_BYTES):
        raise InvalidTag
    return AESGCM(key).decrypt(sealed.iv, sealed.text + sealed.tag, sealed.header)


def _cbc(digest: Callable[..., Any]) -> Callable[[bytes, _Sealed], bytes]:
    """RFC 7518 section 5.2: half of the key makes the MAC, which is checked before anything else."""

    def opened(key: bytes, sealed: _Sealed) -> bytes:
        half = len(key) // 2
        length = (len(sealed.header) * 8).to_bytes(8, "big")
        mac = hmac.digest(key[:half], sealed.header + sealed.iv + sealed.text + length, digest)[:half]
        if not hmac.compare_digest(mac, sealed.tag) or len(sealed.iv) != AES_BLOCK_BYTES:
            raise InvalidTag
        decryptor = Cipher(algorithms.AES(key[half:]), modes.CBC(sealed.iv)).decryptor()
        unpadder = PKCS7(AES_BLOCK_BITS).unpadder()
        padded = decryptor.update(sealed.text) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()

    return opened


def _new_rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)


def _new_p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


ALGORITHMS: Mapping[str, KeyManagement] = {
    "RSA-OAEP-256": KeyManagement(_new_rsa, _rsa),
    "ECDH-ES": KeyManagement(_new_p256, _agreed),
    "ECDH-ES+A256KW": KeyManagement(_new_p256, _agreed_to_wrap),
}
"""RFC 7518 section 4.1."""
CONTENTS: Mapping[str, Content] = {
    "A128CBC-HS256": Content(32, _cbc(sha256)),
    "A256CBC-HS512": Content(64, _cbc(sha512)),
    "A128GCM": Content(16, _gcm),
    "A256GCM": Content(32, _gcm),
}
"""RFC 7518 section 5.1."""
