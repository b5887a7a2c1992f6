"""The certificate of a TLS client, as the proxy in front hands it over (RFC 8705).

`idp.proxies` lets it in from the proxy alone. What it looks like is nginx's `$ssl_client_escaped_cert`:
PEM, percent-encoded.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from urllib.parse import unquote

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, load_pem_x509_certificate

from idp.crypto.digests import base64url
from idp.oidc.http import Request

CHARACTERS_AT_MOST = 16384
REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    parsed: Certificate
    der: bytes
    thumbprint: str
    """`x5t#S256`: SHA-256 of the DER, base64url (RFC 8705 section 3.1)."""
    is_verified: bool
    """The proxy has found a chain to an authority that it trusts."""


def pem_of(text: str) -> bytes | None:
    """What the proxy says of the TLS client, decoded. None without a certificate, or with too long a one."""
    if not text or len(text) > CHARACTERS_AT_MOST:
        return None
    return unquote(text).encode("utf-8", "replace")


def certificate_of(request: Request) -> ClientCertificate | None:
    """None without one, or with something that is none."""
    text = request.client_certificate
    return _read(text, request.certificate_is_verified) if text else None


@lru_cache(maxsize=REMEMBERED)
def _read(text: str, is_verified: bool) -> ClientCertificate | None:
    try:
        parsed = load_pem_x509_certificate(pem_of(text) or b"")
        der = parsed.public_bytes(Encoding.DER)
    except ValueError:
        return None
    return ClientCertificate(parsed, der, base64url(sha256(der).digest()), is_verified)
