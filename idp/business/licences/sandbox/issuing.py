"""Making certificates and revocation lists, whatever signs them: the inverse of reading them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.asn1 import TLV, BitString, GeneralizedTime, UTCTime, decode_der, encode_der

from idp.business.licences.algorithms import identifier_of
from idp.business.licences.der import (
    Extension,
    RevokedCertificate,
    Signed,
    TbsCertificate,
    TbsCertificateList,
    Validity,
)
from idp.business.licences.sandbox.keys import SigningKey

LAST_SHORT_YEAR: Final = 2049

Extensions = Sequence[tuple[x509.ExtensionType, bool]]
"""Each with whether it is critical."""


@dataclass(frozen=True, slots=True)
class Issuer:
    name: x509.Name
    key: SigningKey


def certificate(
    issuer: Issuer,
    *,
    subject: x509.Name,
    key: SigningKey,
    serial_number: int,
    not_before: datetime,
    not_after: datetime,
    extensions: Extensions,
) -> bytes:
    """In DER, for the public part of `key`."""
    identifier = identifier_of(issuer.key.algorithm)
    content = TbsCertificate(
        version=2,
        serial_number=serial_number,
        signature=identifier,
        issuer=_name(issuer.name),
        validity=Validity(not_before=_time(not_before), not_after=_time(not_after)),
        subject=_name(subject),
        public_key=key.public_info,
        extensions=_written(extensions),
    )
    return sign(encode_der(content), issuer.key)


def revocation_list(
    issuer: Issuer,
    revoked: Iterable[tuple[int, datetime]],
    *,
    this_update: datetime,
    next_update: datetime,
    extensions: Extensions,
) -> bytes:
    """In DER. `revoked`: serial numbers and since when."""
    entries = [
        RevokedCertificate(serial_number=serial, revoked_at=_time(at), extensions=None)
        for serial, at in revoked
    ]
    content = TbsCertificateList(
        version=1,
        signature=identifier_of(issuer.key.algorithm),
        issuer=_name(issuer.name),
        this_update=_time(this_update),
        next_update=_time(next_update),
        revoked=entries or None,  # RFC 5280 section 5.1.2.6: an empty one MUST be absent
        extensions=_written(extensions),
    )
    return sign(encode_der(content), issuer.key)


def sign(content: bytes, key: SigningKey) -> bytes:
    made = Signed(
        content=decode_der(TLV, content),
        algorithm=identifier_of(key.algorithm),
        signature=BitString(key.sign(content), 0),
    )
    return encode_der(made)


def _written(extensions: Extensions) -> list[Extension]:
    return [
        Extension(oid=one.oid, critical=critical, value=one.public_bytes()) for one, critical in extensions
    ]


def _name(name: x509.Name) -> TLV:
    return decode_der(TLV, name.public_bytes())


def _time(moment: datetime) -> UTCTime | GeneralizedTime:
    """RFC 5280 section 4.1.2.5: years that two digits can tell MUST be written with two."""
    whole = moment.astimezone(UTC).replace(microsecond=0)
    return UTCTime(whole) if whole.year <= LAST_SHORT_YEAR else GeneralizedTime(whole)
