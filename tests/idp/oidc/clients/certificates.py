"""Certificates of TLS clients, and how a proxy hands them over."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey

from idp.oidc.http import FORM, Request, Response
from tests.idp.oidc.world import World, parameters

SUBJECT = "CN=bank,O=Bank\\, Ltd.,C=CN"
NAMES: list[x509.GeneralName] = [
    x509.DNSName("api.bank.example"),
    x509.UniformResourceIdentifier("https://bank.example/app"),
    x509.IPAddress(ip_address("2001:db8::7")),
    x509.RFC822Name("app@bank.example"),
]


def certificate(subject: str = SUBJECT, names: list[x509.GeneralName] | None = None) -> x509.Certificate:
    """Self-signed: who else signed it, the proxy judges."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name.from_rfc4514_string(subject)
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, begins, begins + timedelta(days=900))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, SHA256())


def escaped(found: x509.Certificate) -> str:
    """nginx's $ssl_client_escaped_cert."""
    return quote(found.public_bytes(Encoding.PEM).decode(), safe="")


def jwk_of(found: x509.Certificate) -> dict[str, Any]:
    public = found.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    key = ECKey.import_key(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)).as_dict(
        private=False
    )
    return {**key, "x5c": [b64encode(found.public_bytes(Encoding.DER)).decode()]}


def call(
    world: World,
    path: str,
    values: dict[str, str],
    found: x509.Certificate | str | None,
    *,
    is_verified: bool = True,
    **headers: str,
) -> Response:
    """Over a connection with that client certificate."""
    text = escaped(found) if isinstance(found, x509.Certificate) else found or ""
    request = Request(
        "POST",
        path,
        headers,
        form=parameters(values),
        content_type=FORM,
        client_certificate=text,
        certificate_is_verified=is_verified,
    )
    return world.endpoints[path](request)
