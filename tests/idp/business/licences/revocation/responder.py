"""Somebody who answers questions by OCSP, well or badly, whatever kind of key signs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha1, sha256

from cryptography import x509
from cryptography.hazmat.asn1 import TLV, BitString, decode_der, encode_der
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from idp.business.licences.algorithms import identifier_of
from idp.business.licences.der import BasicOcspResponse, OcspResponse, OcspResponseBytes
from idp.business.licences.sandbox.keys import SigningKey
from tests.idp.business.licences.world import NOW, Extensions, Held, licence, name, usage

# The library builds what is signed; it must have some key, which then counts for nothing.
PLACEHOLDER = ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True)
class Responder:
    """`by` answers for the certificates that `issuer` has issued."""

    issuer: Held
    by: Held
    signs: SigningKey | None = None
    """Another key than its own."""
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD
    this_update: datetime = NOW - timedelta(hours=1)
    next_update: datetime | None = NOW + timedelta(hours=1)
    sends_certificate: bool = True
    by_name: bool = False
    serial_number: int | None = None
    """Answers about another certificate than was asked about."""
    about: Held | None = None
    """Answers about another issuer's."""
    nonce: Callable[[bytes], bytes | None] = lambda asked: asked
    nonce_is_critical: bool = False

    def but(self, **changes: object) -> "Responder":
        return replace(self, **changes)  # type: ignore[arg-type]

    def __call__(self, request: bytes) -> bytes:
        asked = ocsp.load_der_ocsp_request(request)
        issuer = (self.about or self.issuer).certificate
        digests = [sha256(issuer.subject).digest(), sha256(issuer.key_bits).digest()]
        revoked = self.status is ocsp.OCSPCertStatus.REVOKED
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            *digests,
            self.serial_number or asked.serial_number,
            SHA256(),
            self.status,
            self.this_update,
            self.next_update,
            NOW - timedelta(days=1) if revoked else None,
            None,
        )
        sent = asked.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
        nonce = self.nonce(sent)
        if nonce is not None:
            builder = builder.add_extension(x509.OCSPNonce(nonce), critical=self.nonce_is_critical)
        named = x509.load_der_x509_certificate(name_bearer(self.by))
        encoding = ocsp.OCSPResponderEncoding.NAME if self.by_name else ocsp.OCSPResponderEncoding.HASH
        built = builder.responder_id(encoding, named).sign(PLACEHOLDER, SHA256())
        return self._signed(built.tbs_response_bytes)

    def _signed(self, content: bytes) -> bytes:
        key = self.signs or self.by.key
        if not self.by_name:
            content = content.replace(key_hash(name_bearer_key()), key_hash(self.by.certificate.key_bits))
        certificates = [decode_der(TLV, self.by.der)] if self.sends_certificate else None
        basic = BasicOcspResponse(
            content=decode_der(TLV, content),
            algorithm=identifier_of(key.algorithm),
            signature=BitString(key.sign(content), 0),
            certificates=certificates,
        )
        return response(encode_der(basic))


def response(basic: bytes, status: int = 0) -> bytes:
    oid = ObjectIdentifier("1.3.6.1.5.5.7.48.1.1")
    made = OcspResponse(
        status=decode_der(TLV, bytes([10, 1, status])), bytes=OcspResponseBytes(type=oid, response=basic)
    )
    return encode_der(made)


def key_hash(bits: bytes) -> bytes:
    """RFC 6960 section 4.2.1."""
    return sha1(bits, usedforsecurity=False).digest()


PLACEHOLDER_HELD = SigningKey(PLACEHOLDER)


def name_bearer(held: Held) -> bytes:
    """A certificate of the same name whose key the library can digest."""
    bearer = Held(held.name, PLACEHOLDER_HELD)
    return licence(bearer, PLACEHOLDER_HELD, subject=held.name).der


def name_bearer_key() -> bytes:
    return PLACEHOLDER_HELD.public_info.key.as_bytes()


def delegate(
    by: Held,
    key: SigningKey,
    *,
    purposes: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.OCSP_SIGNING,),
    no_check: bool = True,
    days: tuple[float, float] = (-1, 30),
    more: Extensions | None = None,
) -> Held:
    """A certificate with which somebody answers for its issuer (RFC 6960 section 4.2.2.2)."""
    extensions: Extensions = [(usage("digital_signature"), True), *(more or [])]
    if purposes:
        extensions.append((x509.ExtendedKeyUsage(purposes), False))
    if no_check:
        extensions.append((x509.OCSPNoCheck(), False))
    return licence(by, key, subject=name("responder"), extensions=extensions, days=days, serial_number=3000)
