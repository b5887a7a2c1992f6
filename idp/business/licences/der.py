"""The structures of X.509 that are signed, read and written as strict DER (ITU-T X.690).

Declared for pyca/cryptography's ASN.1 engine, which takes one encoding of a value and refuses all others:
indefinite or padded lengths, defaults that are written out, anything left over. Its X.509 classes cannot
tell the key or the algorithm of a certificate with SM2, so these are read here; what extensions mean is
left to those classes.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from cryptography.hazmat.asn1 import (
    TLV,
    BitString,
    Default,
    Explicit,
    GeneralizedTime,
    IA5String,
    Implicit,
    Null,
    PrintableString,
    SetOf,
    UTCTime,
    decode_der,
    encode_der,
    sequence,
)
from cryptography.x509 import ObjectIdentifier

from idp.business.licences.refusals import LicenceRefused, Rule

Read = TypeVar("Read")


@sequence
class HashIdentifier:
    """Of RSASSA-PSS; its NULL parameters are as RFC 4055 section 2.1 has them."""

    algorithm: ObjectIdentifier
    parameters: Null | None


@sequence
class MaskIdentifier:
    algorithm: ObjectIdentifier
    parameters: HashIdentifier


@sequence
class PssParameters:
    """RFC 4055 section 3.1. The defaults stand for SHA-1 and 20 bytes of salt, so nothing may be left out."""

    hash: Annotated[HashIdentifier, Explicit(0)]
    mask: Annotated[MaskIdentifier, Explicit(1)]
    salt_length: Annotated[int, Explicit(2)]


@sequence
class AlgorithmIdentifier:
    """RFC 5280 section 4.1.1.2. Parameters: those that the algorithms we know can have, no others."""

    algorithm: ObjectIdentifier
    parameters: Null | ObjectIdentifier | PssParameters | None


@sequence
class SubjectPublicKeyInfo:
    algorithm: AlgorithmIdentifier
    key: BitString


@sequence
class Extension:
    oid: ObjectIdentifier
    critical: Annotated[bool, Default(value=False)]
    value: bytes


@sequence
class Validity:
    not_before: UTCTime | GeneralizedTime
    not_after: UTCTime | GeneralizedTime


@sequence
class TbsCertificate:
    """RFC 5280 section 4.1, version 3 alone. Unique identifiers (section 4.1.2.8) are not for our CAs."""

    version: Annotated[int, Explicit(0)]
    serial_number: int
    signature: AlgorithmIdentifier
    issuer: TLV
    validity: Validity
    subject: TLV
    public_key: SubjectPublicKeyInfo
    extensions: Annotated[list[Extension], Explicit(3)]


@sequence
class Signed:
    """SIGNED of RFC 5912: what certificates, revocation lists and answers of OCSP have in common."""

    content: TLV
    algorithm: AlgorithmIdentifier
    signature: BitString


@sequence
class RevokedCertificate:
    serial_number: int
    revoked_at: UTCTime | GeneralizedTime
    extensions: list[Extension] | None


@sequence
class TbsCertificateList:
    """RFC 5280 section 5.1, version 2 alone, with the date of the next list."""

    version: int
    signature: AlgorithmIdentifier
    issuer: TLV
    this_update: UTCTime | GeneralizedTime
    next_update: UTCTime | GeneralizedTime
    revoked: list[RevokedCertificate] | None
    extensions: Annotated[list[Extension], Explicit(0)]


@sequence
class OcspResponseBytes:
    type: ObjectIdentifier
    response: bytes


@sequence
class OcspResponse:
    """RFC 6960 section 4.2.1. The status is an ENUMERATED; only a successful answer holds the rest."""

    status: TLV
    bytes: Annotated[OcspResponseBytes, Explicit(0)]


@sequence
class BasicOcspResponse:
    content: TLV
    algorithm: AlgorithmIdentifier
    signature: BitString
    certificates: Annotated[list[TLV] | None, Explicit(0)]


@sequence
class SignatureValue:
    """Of ECDSA (RFC 3279 section 2.2.3) and of SM2 (GB/T 35276-2017 section 7.3)."""

    r: int
    s: int


@sequence
class Attribute:
    """AttributeTypeAndValue of RFC 5280 section 4.1.2.4."""

    type: ObjectIdentifier
    value: TLV


@sequence
class InSequence:
    """Puts a name, which is a SEQUENCE OF, where it can be declared."""

    name: TLV


@sequence
class NameInSequence:
    name: list[SetOf[Attribute]]


@sequence
class IdentityCode:
    """GB/T 20518-2018 section 5.2.4: whom a certificate's extension names, by one of their cards."""

    resident_card: Annotated[PrintableString | None, Implicit(0)]
    military_card: Annotated[str | None, Implicit(1)]
    passport: Annotated[PrintableString | None, Implicit(2)]


@dataclass(frozen=True, slots=True)
class SignedContent:
    """A signed structure taken apart: the bytes under the signature are those that came."""

    content: bytes
    algorithm: AlgorithmIdentifier
    signature: bytes


def read(kind: type[Read], data: bytes, what: str) -> Read:
    """Raises LicenceRefused for anything but the one encoding of such a value."""
    try:
        return decode_der(kind, data)
    except ValueError:
        raise LicenceRefused(Rule.READABLE, f"{what} is not in the form that it must have (DER)") from None


def read_signed(data: bytes, what: str) -> SignedContent:
    """Raises LicenceRefused."""
    found = read(Signed, data, what)
    return SignedContent(
        encode_der(found.content), found.algorithm, whole_bytes(found.signature, f"the signature of {what}")
    )


def read_name(name: TLV) -> tuple[tuple[str, str], ...]:
    """Its attributes that are texts, as object identifier and text. Raises LicenceRefused.

    Not by the library's classes: they warn of lengths that do occur, and a warning is no answer.
    """
    parts = read(NameInSequence, encode_der(InSequence(name=name)), "a name").name
    found = [
        (one.type.dotted_string, read_text(encode_der(one.value))) for part in parts for one in part.as_list()
    ]
    return tuple((oid, text) for oid, text in found if text is not None)


def read_text(data: bytes) -> str | None:
    """None for what is no text of a kind that is still in use (RFC 5280 section 4.1.2.4)."""
    with suppress(ValueError):
        return decode_der(str, data)
    with suppress(ValueError):
        return decode_der(PrintableString, data).as_str()
    with suppress(ValueError):
        return decode_der(IA5String, data).as_str()
    return None


def whole_bytes(bits: BitString, what: str) -> bytes:
    """Raises LicenceRefused: signatures and keys are whole bytes."""
    if bits.padding_bits():
        raise LicenceRefused(Rule.READABLE, f"{what} is not made of whole bytes")
    return bits.as_bytes()


def when(time: UTCTime | GeneralizedTime) -> datetime:
    """In UTC, aware: both kinds are written in UTC alone (RFC 5280 section 4.1.2.5)."""
    return time.as_datetime()


def same_algorithm(left: AlgorithmIdentifier, right: AlgorithmIdentifier) -> bool:
    """RFC 5280 section 4.1.1.2: inside and outside of the signature the same one MUST be named."""
    return encode_der(left) == encode_der(right)
