"""Certificate revocation lists: RFC 5280 sections 5 and 6.3, for complete lists that the issuer signs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.asn1 import encode_der
from cryptography.x509.oid import ExtensionOID

from idp.business.licences.algorithms import read_algorithm
from idp.business.licences.certificates import MALFORMED, Certificate
from idp.business.licences.der import Extension, TbsCertificateList, read, read_signed, same_algorithm, when
from idp.business.licences.refusals import LicenceRefused, Rule
from idp.business.licences.revocation.findings import SKEW, SourceFailed

BYTES_AT_MOST: Final = 5_000_000
VERSION_2: Final = 1
POINT: Final = ExtensionOID.ISSUING_DISTRIBUTION_POINT.dotted_string


@dataclass(frozen=True, slots=True)
class RevocationList:
    revoked: frozenset[int]
    """Serial numbers. A certificate on hold counts as revoked while it is on the list."""
    this_update: datetime
    next_update: datetime


def read_list(
    der: bytes, certificate: Certificate, issuer: Certificate, address: str, now: datetime
) -> RevocationList:
    """The list at `address` for a certificate of that issuer, if it is current. Raises SourceFailed."""
    try:
        found = _read(der, issuer, now)
    except LicenceRefused as refused:
        raise SourceFailed(f"the list is not accepted: {refused.reason}") from None
    _is_complete(found.extensions)
    _is_for(der, certificate, address)
    revoked = found.revoked or []
    if any(extension.critical for one in revoked for extension in one.extensions or []):
        # RFC 5280 section 5.3: such a list MUST NOT be used to say that a certificate is good.
        raise SourceFailed("the list has critical extensions in an entry")
    serial_numbers = frozenset(one.serial_number for one in revoked)
    return RevocationList(serial_numbers, when(found.this_update), when(found.next_update))


def _read(der: bytes, issuer: Certificate, now: datetime) -> TbsCertificateList:
    """Raises LicenceRefused."""
    if len(der) > BYTES_AT_MOST:
        raise LicenceRefused(Rule.REVOCATION, f"it is longer than {BYTES_AT_MOST} bytes")
    signed = read_signed(der, "it")
    found = read(TbsCertificateList, signed.content, "it")
    # RFC 5280 section 5.1.1.2
    if found.version != VERSION_2 or not same_algorithm(found.signature, signed.algorithm):
        raise LicenceRefused(Rule.REVOCATION, "it is of another version, or names two algorithms")
    # RFC 5280 section 6.3.3 (b)(1), (f) and (g)
    if encode_der(found.issuer) != issuer.subject:
        raise LicenceRefused(Rule.REVOCATION, "it was issued by another authority")
    if issuer.usages is None or "crl_sign" not in issuer.usages:
        raise LicenceRefused(Rule.REVOCATION, "its issuer may not sign lists")
    issuer.public_key.verify(
        read_algorithm(signed.algorithm), signed.content, signed.signature, Rule.REVOCATION
    )
    if when(found.this_update) > now + SKEW:
        raise LicenceRefused(Rule.REVOCATION, "it is of the future")
    if when(found.next_update) <= now:
        raise LicenceRefused(Rule.REVOCATION, f"it was to be replaced on {when(found.next_update):%Y-%m-%d}")
    return found


def _is_complete(extensions: list[Extension]) -> None:
    """RFC 5280 section 5.2: what is critical must be understood."""
    names = [one.oid.dotted_string for one in extensions]
    if len(set(names)) != len(names) or ExtensionOID.DELTA_CRL_INDICATOR.dotted_string in names:
        raise SourceFailed("the list is not a complete one")
    if unknown := {one.oid.dotted_string for one in extensions if one.critical} - {POINT}:
        raise SourceFailed(f"the list has critical extensions: {', '.join(sorted(unknown))}")


def _is_for(der: bytes, certificate: Certificate, address: str) -> None:
    """RFC 5280 section 5.2.5 and section 6.3.3 (b)(2): whether the list may speak of this certificate."""
    try:
        extensions = x509.load_der_x509_crl(der).extensions
        point = extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return
    except MALFORMED:
        raise SourceFailed("the list's extensions cannot be read") from None
    if point.indirect_crl or point.only_some_reasons is not None or point.only_contains_attribute_certs:
        raise SourceFailed("the list is of another kind")
    if point.only_contains_user_certs and certificate.is_authority:
        raise SourceFailed("the list is of licences alone")
    if point.only_contains_ca_certs and not certificate.is_authority:
        raise SourceFailed("the list is of authorities alone")
    names = [name.value for name in point.full_name or () if isinstance(name, x509.UniformResourceIdentifier)]
    if point.relative_name is not None or (point.full_name is not None and address not in names):
        raise SourceFailed("the list is of another distribution point")
