"""Client authentication by the certificate of the TLS connection (RFC 8705 section 2)."""

from base64 import b64decode
from collections.abc import Callable, Collection, Mapping
from hashlib import sha256
from ipaddress import ip_address

from cryptography.x509 import (
    DNSName,
    ExtensionNotFound,
    IPAddress,
    Name,
    RFC822Name,
    SubjectAlternativeName,
    UniformResourceIdentifier,
)

from idp.crypto.digests import base64url
from idp.oidc.certificates import ClientCertificate
from idp.oidc.clients.credentials.jwks import ClientKeys
from idp.oidc.clients.metadata import Client, ClientMetadata
from idp.oidc.errors import InvalidClient
from idp.oidc.facts import Differs
from idp.oidc.inspection.redaction import words
from idp.oidc.jose.jws import KeyUnknown

Names = Callable[[SubjectAlternativeName], Collection[str]]
ALTERNATIVES: Mapping[str, Names] = {
    "tls_client_auth_san_dns": lambda san: [name.lower() for name in san.get_values_for_type(DNSName)],
    "tls_client_auth_san_uri": lambda san: san.get_values_for_type(UniformResourceIdentifier),
    "tls_client_auth_san_ip": lambda san: [str(one) for one in san.get_values_for_type(IPAddress)],
    "tls_client_auth_san_email": lambda san: san.get_values_for_type(RFC822Name),
}


def check(client: Client, certificate: ClientCertificate | None, keys: ClientKeys) -> None:
    """Raises InvalidClient unless the certificate is the client's."""
    if certificate is None:
        raise _failed("no certificate came with the connection")
    if client.metadata.token_endpoint_auth_method == "self_signed_tls_client_auth":  # noqa: S105
        _check_registered(client, certificate, keys)
    elif not certificate.is_verified:
        # Section 2.1: a chain to an authority that is trusted, which the proxy looks for.
        raise _failed("the proxy has not verified the certificate")
    elif not _is_named(client.metadata, certificate):
        raise _failed("the certificate is another's", _other_name(client.metadata, certificate))


def _check_registered(client: Client, certificate: ClientCertificate, keys: ClientKeys) -> None:
    """Section 2.2: one of those in the client's keys, as `x5c`; who signed it does not matter."""
    try:
        registered = keys.certificates(client, lambda known: certificate.der in _certificates(known))
    except KeyUnknown as unknown:
        raise _failed(str(unknown)) from None
    if not registered:
        differs = Differs("x5t#S256", certificate.thumbprint, tuple(_thumbprints(client)))
        raise _failed("the certificate is not among the client's keys", differs)


def _certificates(chains: Collection[object]) -> Collection[bytes]:
    """The first of each `x5c` (RFC 7517 section 4.7: in base64, not base64url)."""
    found = []
    for chain in chains:
        if isinstance(chain, list) and chain and isinstance(chain[0], str):
            try:
                found.append(b64decode(chain[0], validate=True))
            except ValueError:
                continue
    return found


def _is_named(metadata: ClientMetadata, certificate: ClientCertificate) -> bool:
    """Section 2.1.2: the subject, or one alternative name, is the registered one."""
    if metadata.tls_client_auth_subject_dn is not None:
        return certificate.parsed.subject == Name.from_rfc4514_string(metadata.tls_client_auth_subject_dn)
    try:
        named = certificate.parsed.extensions.get_extension_for_class(SubjectAlternativeName).value
    except (ExtensionNotFound, ValueError):
        return False
    for field, names in ALTERNATIVES.items():
        registered: str | None = getattr(metadata, field)
        if registered is not None:
            return _canonical(field, registered) in names(named)
    return False


def _canonical(field: str, value: str) -> str:
    if field == "tls_client_auth_san_ip":
        return str(ip_address(value))
    return value.lower() if field == "tls_client_auth_san_dns" else value


def _thumbprints(client: Client) -> list[str]:
    """Of the certificates that are registered by value."""
    keys = (client.metadata.jwks or {}).get("keys", [])
    return [base64url(sha256(der).digest()) for der in _certificates([one.get("x5c") for one in keys])]


def _other_name(metadata: ClientMetadata, certificate: ClientCertificate) -> Differs:
    """What the certificate says that it is, and what it would have to."""
    fields = ("tls_client_auth_subject_dn", *ALTERNATIVES)
    named = next((name for name in fields if getattr(metadata, name) is not None), fields[0])
    said = words(certificate.parsed.subject.rfc4514_string()) if named == fields[0] else ""
    registered = getattr(metadata, named)
    return Differs(named, said, () if registered is None else (str(registered),))


def _failed(detail: str, fact: Differs | None = None) -> InvalidClient:
    return InvalidClient("Client authentication failed.", detail=f"client certificate: {detail}", fact=fact)
