"""One certificate, read once and strictly; what follows works with what was read here, never its bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.asn1 import encode_der
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID

from idp.business.licences.algorithms import Algorithm, read_algorithm
from idp.business.licences.der import (
    TbsCertificate,
    read,
    read_name,
    read_signed,
    same_algorithm,
    when,
    whole_bytes,
)
from idp.business.licences.public_keys import PublicKey, read_public_key
from idp.business.licences.refusals import LicenceRefused, Rule

BYTES_AT_MOST: Final = 16384
SERIAL_BITS: Final = 160
VERSION_3: Final = 2
ADDRESSES_AT_MOST: Final = 2

# What pyca/cryptography says of extensions and names that are not what RFC 5280 has them be.
MALFORMED: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
    Warning,
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Names are their DER: RFC 5280 section 7.1 lets more be equal, and a CA that needs it is no loss."""

    der: bytes = field(repr=False)
    content: bytes = field(repr=False)
    algorithm: Algorithm
    signature: bytes = field(repr=False)
    issuer: bytes = field(repr=False)
    subject: bytes = field(repr=False)
    serial_number: int
    not_before: datetime
    not_after: datetime
    public_key: PublicKey
    key_bits: bytes = field(repr=False)
    """The subjectPublicKey without tag and length: what OCSP digests."""
    attributes: tuple[tuple[str, str], ...] = field(repr=False)
    """The subject's, as object identifier and text."""
    extensions: Mapping[str, bytes] = field(repr=False)
    """Values of all extensions, by object identifier."""
    critical: frozenset[str]
    is_authority: bool
    path_length: int | None
    usages: frozenset[str] | None
    """Of the key, in the words of `x509.KeyUsage`; None: the extension is not there."""
    purposes: frozenset[str] | None
    """Extended key usages; None: the extension is not there."""
    policies: frozenset[str]
    key_identifier: bytes | None
    issuer_key_identifier: bytes | None
    crl_addresses: tuple[str, ...]
    ocsp_addresses: tuple[str, ...]

    @property
    def is_self_issued(self) -> bool:
        return self.issuer == self.subject

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the DER, hexadecimal."""
        return sha256(self.der).hexdigest()

    def was_signed_by(self, issuer: "Certificate") -> None:
        """Raises LicenceRefused."""
        issuer.public_key.verify(self.algorithm, self.content, self.signature, Rule.SIGNATURES)


USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
)


def read_certificate(der: bytes) -> Certificate:
    """Raises LicenceRefused, and nothing else whatever the bytes are."""
    if len(der) > BYTES_AT_MOST:
        raise LicenceRefused(Rule.READABLE, f"a certificate is longer than {BYTES_AT_MOST} bytes")
    signed = read_signed(der, "a certificate")
    content = read(TbsCertificate, signed.content, "a certificate")
    if content.version != VERSION_3:
        raise LicenceRefused(Rule.READABLE, "a certificate is not of version 3")
    # RFC 5280 section 4.1.2.2: positive, and at most 20 octets.
    if content.serial_number <= 0 or content.serial_number.bit_length() >= SERIAL_BITS:
        raise LicenceRefused(Rule.READABLE, "a serial number is not positive, or is too long")
    # RFC 5280 section 4.1.1.2
    if not same_algorithm(content.signature, signed.algorithm):
        raise LicenceRefused(Rule.ALGORITHM, "a certificate names two algorithms for its signature")
    algorithm = read_algorithm(signed.algorithm)
    public_key = read_public_key(content.public_key)
    meant = _meaning(der)
    return Certificate(
        der=der,
        content=signed.content,
        algorithm=algorithm,
        signature=signed.signature,
        issuer=encode_der(content.issuer),
        subject=encode_der(content.subject),
        serial_number=content.serial_number,
        not_before=when(content.validity.not_before),
        not_after=when(content.validity.not_after),
        public_key=public_key,
        key_bits=whole_bytes(content.public_key.key, "the public key"),
        extensions={one.oid.dotted_string: one.value for one in content.extensions},
        critical=frozenset(one.oid.dotted_string for one in content.extensions if one.critical),
        attributes=read_name(content.subject),
        is_authority=meant.is_authority,
        path_length=meant.path_length,
        usages=meant.usages,
        purposes=meant.purposes,
        policies=meant.policies,
        key_identifier=meant.key_identifier,
        issuer_key_identifier=meant.issuer_key_identifier,
        crl_addresses=meant.crl_addresses,
        ocsp_addresses=meant.ocsp_addresses,
    )


@dataclass(frozen=True, slots=True)
class _Meaning:
    is_authority: bool
    path_length: int | None
    usages: frozenset[str] | None
    purposes: frozenset[str] | None
    policies: frozenset[str]
    key_identifier: bytes | None
    issuer_key_identifier: bytes | None
    crl_addresses: tuple[str, ...]
    ocsp_addresses: tuple[str, ...]


def _meaning(der: bytes) -> _Meaning:
    """What extensions say. Raises LicenceRefused."""
    try:
        extensions = x509.load_der_x509_certificate(der).extensions
        found = {extension.oid: extension.value for extension in extensions}
        constraints = found.get(ExtensionOID.BASIC_CONSTRAINTS)
        usage = found.get(ExtensionOID.KEY_USAGE)
        purposes = found.get(ExtensionOID.EXTENDED_KEY_USAGE)
        policies = found.get(ExtensionOID.CERTIFICATE_POLICIES)
        own = found.get(ExtensionOID.SUBJECT_KEY_IDENTIFIER)
        of_issuer = found.get(ExtensionOID.AUTHORITY_KEY_IDENTIFIER)
        return _Meaning(
            is_authority=isinstance(constraints, x509.BasicConstraints) and constraints.ca,
            path_length=constraints.path_length if isinstance(constraints, x509.BasicConstraints) else None,
            usages=frozenset(name for name in USAGES if getattr(usage, name))
            if isinstance(usage, x509.KeyUsage)
            else None,
            purposes=frozenset(one.dotted_string for one in purposes)
            if isinstance(purposes, x509.ExtendedKeyUsage)
            else None,
            policies=frozenset(one.policy_identifier.dotted_string for one in policies)
            if isinstance(policies, x509.CertificatePolicies)
            else frozenset(),
            key_identifier=own.digest if isinstance(own, x509.SubjectKeyIdentifier) else None,
            issuer_key_identifier=of_issuer.key_identifier
            if isinstance(of_issuer, x509.AuthorityKeyIdentifier)
            else None,
            crl_addresses=_crl_addresses(found.get(ExtensionOID.CRL_DISTRIBUTION_POINTS)),
            ocsp_addresses=_ocsp_addresses(found.get(ExtensionOID.AUTHORITY_INFORMATION_ACCESS)),
        )
    except MALFORMED:
        raise LicenceRefused(Rule.READABLE, "an extension is not as RFC 5280 has it") from None


def _crl_addresses(points: object) -> tuple[str, ...]:
    """Of lists that the issuer itself keeps for all reasons (RFC 5280 section 4.2.1.13)."""
    if not isinstance(points, x509.CRLDistributionPoints):
        return ()
    whole = [point for point in points if point.reasons is None and point.crl_issuer is None]
    names = [name for point in whole for name in point.full_name or ()]
    found = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    return tuple(found[:ADDRESSES_AT_MOST])


def _ocsp_addresses(access: object) -> tuple[str, ...]:
    if not isinstance(access, x509.AuthorityInformationAccess):
        return ()
    names = [one.access_location for one in access if one.access_method == AuthorityInformationAccessOID.OCSP]
    found = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    return tuple(found[:ADDRESSES_AT_MOST])
