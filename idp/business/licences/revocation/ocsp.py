"""Asking an authority about one certificate: RFC 6960.

CertID is made with SHA-256. The nonce (RFC 9654) is sent, and an answer with another one is refused; without
one, the answer's own dates bound how old it may be.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.asn1 import encode_der
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from idp.business.licences.algorithms import read_algorithm
from idp.business.licences.certificates import MALFORMED, Certificate, read_certificate
from idp.business.licences.der import BasicOcspResponse, OcspResponse, read, whole_bytes
from idp.business.licences.path import UNDERSTOOD
from idp.business.licences.refusals import LicenceRefused, Rule
from idp.business.licences.revocation.findings import SKEW, SourceFailed, Status

BYTES_AT_MOST: Final = 65536
CERTIFICATES_AT_MOST: Final = 4
BASIC: Final = "1.3.6.1.5.5.7.48.1.1"
SUCCESSFUL: Final = b"\x0a\x01\x00"
NO_CHECK: Final = ExtensionOID.OCSP_NO_CHECK.dotted_string
UNDATED: Final = timedelta(minutes=10)
"""How old an answer may be that does not say when there will be a newer one."""

IsGood = Callable[[Certificate], bool]
"""Whether a responder's own certificate has not been taken back."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: Status
    this_update: datetime
    next_update: datetime | None


def question(certificate: Certificate, issuer: Certificate, nonce: bytes) -> bytes:
    """The request in DER. `nonce` has 32 bytes (RFC 9654 section 2.1)."""
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        *_name_and_key(issuer), certificate.serial_number, SHA256()
    )
    return builder.add_extension(x509.OCSPNonce(nonce), critical=False).build().public_bytes(Encoding.DER)


def read_answer(
    der: bytes,
    certificate: Certificate,
    issuer: Certificate,
    *,
    nonce: bytes | None,
    is_good: IsGood,
    now: datetime,
) -> Answer:
    """Raises SourceFailed unless somebody who may say so says something of that certificate, lately."""
    if len(der) > BYTES_AT_MOST:
        raise SourceFailed("the answer is too long")
    try:
        outer = read(OcspResponse, der, "the answer")
        if encode_der(outer.status) != SUCCESSFUL or outer.bytes.type.dotted_string != BASIC:
            raise SourceFailed("the responder had no answer")
        basic = read(BasicOcspResponse, outer.bytes.response, "the answer")
        found = ocsp.load_der_ocsp_response(der)
        responder = _responder(found, basic, issuer, is_good, now)
        # RFC 6960 section 3.2, 2.
        responder.public_key.verify(
            read_algorithm(basic.algorithm),
            encode_der(basic.content),
            whole_bytes(basic.signature, "the signature"),
            Rule.REVOCATION,
        )
        return _answer(found, certificate, issuer, nonce, now)
    except LicenceRefused as refused:
        raise SourceFailed(f"the answer is not accepted: {refused.reason}") from None
    except MALFORMED:
        raise SourceFailed("the answer cannot be read") from None


def _responder(
    found: ocsp.OCSPResponse, basic: BasicOcspResponse, issuer: Certificate, is_good: IsGood, now: datetime
) -> Certificate:
    """RFC 6960 section 4.2.2.2: the issuer itself, or one whom it has certified for this, itself."""
    if _is_named(found, issuer):
        return issuer
    for data in (basic.certificates or [])[:CERTIFICATES_AT_MOST]:
        candidate = read_certificate(encode_der(data))
        if _is_named(found, candidate) and _may_answer(candidate, issuer, now):
            # RFC 6960 section 4.2.2.2.1
            if NO_CHECK in candidate.extensions or is_good(candidate):
                return candidate
            raise SourceFailed("nobody says that the responder's certificate is still good")
    raise SourceFailed("the responder may not answer for the issuer")


def _is_named(found: ocsp.OCSPResponse, candidate: Certificate) -> bool:
    name, key = found.responder_name, found.responder_key_hash
    if name is not None:
        return name.public_bytes() == candidate.subject
    # RFC 6960 section 4.2.1 has SHA-1 tell which key it is; the signature tells whose.
    return key == hashlib.sha1(candidate.key_bits, usedforsecurity=False).digest()


def _may_answer(candidate: Certificate, issuer: Certificate, now: datetime) -> bool:
    if candidate.issuer != issuer.subject or not candidate.not_before <= now <= candidate.not_after:
        return False
    purposes = candidate.purposes or frozenset()
    usages = candidate.usages
    if ExtendedKeyUsageOID.OCSP_SIGNING.dotted_string not in purposes or candidate.critical - UNDERSTOOD:
        return False
    if usages is not None and not usages & {"digital_signature", "content_commitment"}:
        return False
    candidate.was_signed_by(issuer)
    return True


def _answer(
    found: ocsp.OCSPResponse,
    certificate: Certificate,
    issuer: Certificate,
    nonce: bytes | None,
    now: datetime,
) -> Answer:
    """RFC 6960 section 3.2, 1 and 3 to 6."""
    _nonce_is_ours(found, nonce)
    # One question was asked, so what says more is not for us; RFC 6960 section 4.2.2.3 lets it.
    if len(list(found.responses)) != 1 or not _is_about(found, certificate, issuer):
        raise SourceFailed("the answer is not about this certificate")
    if any(extension.critical for extension in (*found.extensions, *found.single_extensions)):
        raise SourceFailed("the answer has critical extensions")
    newest, next_update = found.this_update_utc, found.next_update_utc
    if newest > now + SKEW:
        raise SourceFailed("the answer is of the future")
    if next_update is None and newest < now - UNDATED:
        raise SourceFailed("the answer has no end, and is old")
    if next_update is not None and next_update <= now:
        raise SourceFailed("the answer was to be replaced before now")
    statuses = {
        ocsp.OCSPCertStatus.GOOD: Status.GOOD,
        ocsp.OCSPCertStatus.REVOKED: Status.REVOKED,
        ocsp.OCSPCertStatus.UNKNOWN: Status.UNKNOWN,
    }
    return Answer(statuses[found.certificate_status], newest, next_update)


def _nonce_is_ours(found: ocsp.OCSPResponse, nonce: bytes | None) -> None:
    """RFC 9654 section 2.1: absence is no refusal, a different one is. None: an answer that we kept."""
    try:
        given = found.extensions.get_extension_for_class(x509.OCSPNonce).value
    except x509.ExtensionNotFound:
        return
    if nonce is not None and not hmac.compare_digest(given.nonce, nonce):
        raise SourceFailed("the answer is to another question")


def _is_about(one: ocsp.OCSPResponse, certificate: Certificate, issuer: Certificate) -> bool:
    if not isinstance(one.hash_algorithm, SHA256) or one.serial_number != certificate.serial_number:
        return False
    return (one.issuer_name_hash, one.issuer_key_hash) == _name_and_key(issuer)


def _name_and_key(issuer: Certificate) -> tuple[bytes, bytes]:
    return hashlib.sha256(issuer.subject).digest(), hashlib.sha256(issuer.key_bits).digest()
