"""SM2 and SM3 by the standards' own examples, and against OpenSSL, which is another implementation."""

import contextlib
from base64 import b64decode

import gmssl_pyx
import pytest
from cryptography.hazmat.asn1 import encode_der
from cryptography.hazmat.primitives import hashes
from hypothesis import given, settings
from hypothesis import strategies as st
from OpenSSL import crypto

from idp.business.licences import sm2
from idp.business.licences.certificates import read_certificate
from idp.business.licences.der import SignatureValue
from idp.business.licences.refusals import LicenceRefused
from idp.crypto import sm2 as curve
from tests.idp.business.licences.world import World, authority, key

# GB/T 32918.5-2017 appendix A.2
POINT = bytes.fromhex(
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
PRIVATE = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
MESSAGE = b"message digest"
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA

# Made by OpenSSL 3: a certificate, and a signature over b"yitong" by its key.
CERTIFICATE = b64decode(
    "MIIBbTCCAROgAwIBAgIUJH/NozcxBkgGlF+91zzfr7aJ2gkwCgYIKoEcz1UBg3UwDDEKMAgGA1UEAwwBdDAeFw0yNjExMjIwODA2"
    "NDZaFw0yNjEyMDIwODA2NDZaMAwxCjAIBgNVBAMMAXQwWTATBgcqhkjOPQIBBggqgRzPVQGCLQNCAASujsL6CQLeedJXlPyAC+DB"
    "fUCg/Y/vNv/C4g7Fs7Iu+x4PEp31mxioXXE8eTiRxEFb59QTnMdHhyvFJ2JytmlJo1MwUTAdBgNVHQ4EFgQU3MoBruyvpLSDm5R/"
    "SXjuNNdfDiAwHwYDVR0jBBgwFoAU3MoBruyvpLSDm5R/SXjuNNdfDiAwDwYDVR0TAQH/BAUwAwEB/zAKBggqgRzPVQGDdQNIADBF"
    "AiB0MGoQz3pHPI+V6uzJhCYyef/DCThzhQ9F6hH6fNLohwIhAJg5TWNEB3vTIlXCmEoAJSm/MQIY8LF3JRUK5aKwXcgZ"
)
SIGNATURE = bytes.fromhex(
    "3045022100edff0b8d55fc2d239838e21cbea207347328f0a8461266f59e77c1823f3a0210"
    "022015067064e23230f170192e68e6228d83dd7303518e415dad918e6ee9d18a2b7b"
)


def signature(r: int, s: int) -> bytes:
    return encode_der(SignatureValue(r=r, s=s))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_by_the_examples_of_gb_t_32905(message: bytes, expected: str) -> None:
    openssl = hashes.Hash(hashes.SM3())
    openssl.update(message)
    assert gmssl_pyx.sm3_hash(message).hex() == openssl.finalize().hex() == expected


def test_the_example_of_gb_t_32918_5_verifies() -> None:
    assert sm2.verifies(sm2.read_point(b"\x04" + POINT), MESSAGE, signature(R, S))
    assert not sm2.verifies(POINT, MESSAGE + b".", signature(R, S))


def test_the_examples_private_key_makes_signatures_that_verify() -> None:
    assert sm2.verifies(POINT, MESSAGE, sm2.sign(PRIVATE, POINT, MESSAGE))


def test_a_signature_by_openssl_verifies() -> None:
    certificate = read_certificate(CERTIFICATE)
    certificate.was_signed_by(certificate)
    assert isinstance(certificate.public_key.held, bytes)
    assert sm2.verifies(certificate.public_key.held, b"yitong", SIGNATURE)


def test_openssl_verifies_what_we_sign_and_nothing_else() -> None:
    world = World("sm2")
    openssl_verifies(world.root.der, world.issuing.der, world.licence().der)
    other = authority("root", key("sm2", 8))
    with pytest.raises(crypto.X509StoreContextError, match="signature"):
        openssl_verifies(other.der, world.issuing.der, world.licence().der)


def openssl_verifies(root: bytes, issuing: bytes, licence: bytes) -> None:
    def read(der: bytes) -> crypto.X509:
        return crypto.load_certificate(crypto.FILETYPE_ASN1, der)

    from tests.idp.business.licences.world import NOW

    store = crypto.X509Store()
    store.add_cert(read(root))
    store.set_time(NOW)
    crypto.X509StoreContext(store, read(licence), [read(issuing)]).verify_certificate()


@pytest.mark.parametrize(
    ("r", "s"),
    [
        (0, S),
        (R, 0),
        (curve.N, S),
        (R, curve.N),
        (R, S + curve.N),
        (R, curve.N - R),
        (-1, S),
        (R, -1),
        (1 << 300, S),
    ],
)
def test_numbers_out_of_range_are_refused(r: int, s: int) -> None:
    assert not sm2.verifies(POINT, MESSAGE, signature(r, s))


@pytest.mark.parametrize(
    "changed",
    [
        signature(R, S) + b"\x00",
        b"",
        b"\x30\x00",
        b"\x30\x81" + signature(R, S)[1:],
        b"\x30\x80" + signature(R, S)[2:] + b"\x00\x00",
        R.to_bytes(32) + S.to_bytes(32),
    ],
    ids=["trailing", "empty", "no numbers", "long length", "indefinite length", "raw"],
)
def test_other_encodings_are_refused(changed: bytes) -> None:
    with pytest.raises(LicenceRefused):
        sm2.verifies(POINT, MESSAGE, changed)


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        POINT,
        b"\x04" + bytes(64),
        b"\x04" + POINT[:-1] + b"\x12",
        b"\x02" + POINT[:32],
        b"\x06" + POINT,
        b"\x04" + curve.P.to_bytes(32) + POINT[32:],
        b"\x04" + POINT + b"\x00",
    ],
)
def test_what_is_no_point_of_the_curve_is_no_key(encoded: bytes) -> None:
    with pytest.raises(LicenceRefused):
        sm2.read_point(encoded)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 8 * len(SIGNATURE) - 1))
def test_no_signature_with_a_flipped_bit_verifies(bit: int) -> None:
    changed = bytearray(signature(R, S))
    changed[bit // 8 % len(changed)] ^= 1 << bit % 8
    with contextlib.suppress(LicenceRefused):
        assert not sm2.verifies(POINT, MESSAGE, bytes(changed))
