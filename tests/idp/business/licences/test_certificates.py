"""Certificates that are none, or of keys and signatures that nobody should rely on."""

import contextlib

import pytest
from cryptography import x509
from cryptography.hazmat.asn1 import BitString, Null, decode_der, encode_der
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ObjectIdentifier
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.business.licences import der as structures
from idp.business.licences.algorithms import read_algorithm
from idp.business.licences.certificates import BYTES_AT_MOST, read_certificate
from idp.business.licences.der import (
    AlgorithmIdentifier,
    HashIdentifier,
    MaskIdentifier,
    PssParameters,
    Signed,
    SubjectPublicKeyInfo,
    TbsCertificate,
)
from idp.business.licences.public_keys import read_public_key
from idp.business.licences.refusals import LicenceRefused, Rule
from idp.business.licences.sandbox.issuing import sign
from tests.idp.business.licences.world import World, key, licence, licence_extensions, raw, text_extension

SHA1_WITH_RSA = "1.2.840.113549.1.1.5"
MD5_WITH_RSA = "1.2.840.113549.1.1.4"
SHA1_WITH_ECDSA = "1.2.840.10045.4.1"
KINDS = ("sm2", "ecdsa", "rsa")
GOOD = {kind: World(kind).licence().der for kind in KINDS}


def changed(der: bytes, **fields: object) -> bytes:
    """The same certificate with other contents, signed anew by its issuer."""
    content = decode_der(Signed, der).content.parse(TbsCertificate)
    for name, value in fields.items():
        setattr(content, name, value)
    return sign(encode_der(content), key("ecdsa", 2))


def with_algorithm(identifier: AlgorithmIdentifier) -> bytes:
    """Inside and outside of the signature, which is then of no importance."""
    signed = decode_der(Signed, GOOD["rsa"])
    content = signed.content.parse(TbsCertificate)
    content.signature = signed.algorithm = identifier
    signed.content = decode_der(structures.TLV, encode_der(content))
    return encode_der(signed)


@pytest.mark.parametrize("oid", [SHA1_WITH_RSA, MD5_WITH_RSA, SHA1_WITH_ECDSA, "1.3.101.112", "1.2.3"])
def test_weak_and_unknown_signatures_are_refused(oid: str) -> None:
    with pytest.raises(LicenceRefused) as refused:
        read_certificate(
            with_algorithm(AlgorithmIdentifier(algorithm=ObjectIdentifier(oid), parameters=Null()))
        )
    assert refused.value.rule is Rule.ALGORITHM


def test_pss_without_parameters_means_sha_1_and_is_refused() -> None:
    pss = ObjectIdentifier("1.2.840.113549.1.1.10")
    with pytest.raises(LicenceRefused, match="SHA-1"):
        read_certificate(with_algorithm(AlgorithmIdentifier(algorithm=pss, parameters=None)))


@pytest.mark.parametrize(
    ("salt", "mask"), [(20, "2.16.840.1.101.3.4.2.1"), (32, "1.3.14.3.2.26"), (0, "1.3.14.3.2.26")]
)
def test_pss_with_other_parameters_is_refused(salt: int, mask: str) -> None:
    chosen = HashIdentifier(algorithm=ObjectIdentifier("2.16.840.1.101.3.4.2.1"), parameters=Null())
    other = HashIdentifier(algorithm=ObjectIdentifier(mask), parameters=Null())
    mgf = MaskIdentifier(algorithm=ObjectIdentifier("1.2.840.113549.1.1.8"), parameters=other)
    given_ = PssParameters(hash=chosen, mask=mgf, salt_length=salt)
    pss = ObjectIdentifier("1.2.840.113549.1.1.10")
    with pytest.raises(LicenceRefused) as refused:
        read_certificate(with_algorithm(AlgorithmIdentifier(algorithm=pss, parameters=given_)))
    assert refused.value.rule is Rule.ALGORITHM


def test_two_algorithms_in_one_certificate_are_refused() -> None:
    signed = decode_der(Signed, GOOD["rsa"])
    signed.algorithm = AlgorithmIdentifier(
        algorithm=ObjectIdentifier("1.2.840.113549.1.1.12"), parameters=Null()
    )
    with pytest.raises(LicenceRefused, match="two algorithms"):
        read_certificate(encode_der(signed))


def info(public: object) -> SubjectPublicKeyInfo:
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return decode_der(SubjectPublicKeyInfo, der)


@pytest.mark.parametrize(
    "public",
    [
        rsa.generate_private_key(65537, 1024).public_key(),
        rsa.RSAPublicNumbers(
            3, rsa.generate_private_key(65537, 2048).public_key().public_numbers().n
        ).public_key(),
        # A stranger's certificates of such keys would keep a processor busy for a hundred milliseconds.
        rsa.RSAPublicNumbers(
            (1 << 2046) + 1, rsa.generate_private_key(65537, 2048).public_key().public_numbers().n
        ).public_key(),
        ec.generate_private_key(ec.SECP256K1()).public_key(),
        ec.generate_private_key(ec.SECP521R1()).public_key(),
        ec.generate_private_key(ec.SECP224R1()).public_key(),
        ed25519.Ed25519PrivateKey.generate().public_key(),
    ],
    ids=["rsa-1024", "rsa-e-3", "rsa-e-huge", "secp256k1", "p-521", "p-224", "ed25519"],
)
def test_weak_and_unknown_keys_are_refused(public: object) -> None:
    with pytest.raises(LicenceRefused) as refused:
        read_public_key(info(public))
    assert refused.value.rule is Rule.ALGORITHM


@pytest.mark.parametrize("kind", ["ecdsa", "ecdsa-p384", "sm2"])
def test_points_off_the_curve_and_compressed_ones_are_refused(kind: str) -> None:
    good = key(kind).public_info
    point = good.key.as_bytes()
    size = len(point) // 2
    for other in (
        point[:-1] + bytes([point[-1] ^ 1]),
        bytes([2 + point[-1] % 2]) + point[1 : 1 + size],
        b"\x00",
        b"",
    ):
        wrong = SubjectPublicKeyInfo(algorithm=good.algorithm, key=BitString(other, 0))
        with pytest.raises(LicenceRefused):
            read_public_key(wrong)


@pytest.mark.parametrize("serial_number", [0, -5, 1 << 160])
def test_serial_numbers_are_positive_and_not_too_long(serial_number: int) -> None:
    with pytest.raises(LicenceRefused, match="serial"):
        read_certificate(changed(GOOD["ecdsa"], serial_number=serial_number))


@pytest.mark.parametrize("version", [0, 1, 3])
def test_other_versions_are_refused(version: int) -> None:
    with pytest.raises(LicenceRefused, match="version 3"):
        read_certificate(changed(GOOD["ecdsa"], version=version))


@pytest.mark.parametrize(
    ("oid", "parameters"),
    [
        ("1.2.840.10045.4.3.2", Null()),
        ("1.2.840.113549.1.1.11", None),
        ("1.2.156.10197.1.501", ObjectIdentifier("1.2.156.10197.1.301")),
    ],
    ids=["ecdsa", "rsa", "sm2"],
)
def test_parameters_that_an_algorithm_cannot_have_are_refused(oid: str, parameters: object) -> None:
    identifier = AlgorithmIdentifier(algorithm=ObjectIdentifier(oid), parameters=parameters)  # type: ignore[arg-type]
    with pytest.raises(LicenceRefused, match="parameters"):
        read_algorithm(identifier)


def test_an_extension_twice_is_refused() -> None:
    twice = [(text_extension("1.2.3.4", "a"), False), (text_extension("1.2.3.4", "b"), False)]
    with pytest.raises(LicenceRefused):
        read_certificate(World().licence(more=twice).der)


def test_an_extension_that_cannot_be_read_is_refused() -> None:
    bad = (raw("2.5.29.15", b"\x30\x03\x02\x01"), True)
    with pytest.raises(LicenceRefused):
        read_certificate(licence(World().issuing, key("ecdsa", 3), extensions=[bad]).der)


def test_a_certificate_that_is_too_long_is_refused() -> None:
    long = World().licence(more=[(raw("1.2.3.4", bytes(BYTES_AT_MOST)), False)])
    with pytest.raises(LicenceRefused, match="longer"):
        read_certificate(long.der)


@pytest.mark.parametrize(
    "der", [b"", b"\x30\x00", GOOD["sm2"] + b"\x00", GOOD["sm2"][:-1], b"\x30\x80" + GOOD["sm2"][4:]]
)
def test_what_is_no_der_is_refused(der: bytes) -> None:
    with pytest.raises(LicenceRefused):
        read_certificate(der)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=250, deadline=None)
@given(data=st.data())
def test_flipped_bits_are_refused_or_break_the_signature(kind: str, data: st.DataObject) -> None:
    """Never another exception, and never the same certificate to somebody who checks who signed it."""
    der = bytearray(GOOD[kind])
    for _ in range(data.draw(st.integers(1, 3))):
        der[data.draw(st.integers(0, len(der) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    if bytes(der) == GOOD[kind]:
        return
    with pytest.raises(LicenceRefused):
        read_certificate(bytes(der)).was_signed_by(World(kind).issuing.certificate)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_spliced_bytes_are_refused(data: st.DataObject) -> None:
    der = GOOD[data.draw(st.sampled_from(KINDS))]
    start = data.draw(st.integers(0, len(der)))
    end = data.draw(st.integers(start, min(len(der), start + 40)))
    put = data.draw(st.binary(max_size=40))
    made = der[:start] + put + der[end:]
    if made == der:
        return
    with pytest.raises(LicenceRefused):
        read_certificate(made).was_signed_by(World("sm2").issuing.certificate)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(
        ["2.5.29.15", "2.5.29.19", "2.5.29.37", "2.5.29.32", "2.5.29.31", "2.5.29.35", "2.5.29.14"]
    ),
    st.binary(max_size=60),
)
def test_extensions_of_any_bytes_are_read_or_refused(oid: str, value: bytes) -> None:
    kept = [one for one in licence_extensions() if one[0].oid.dotted_string != oid]
    held = licence(World().issuing, key("ecdsa", 3), extensions=[*kept, (raw(oid, value), False)])
    with contextlib.suppress(LicenceRefused):
        read_certificate(held.der)


def test_a_name_of_another_length_is_read_without_a_warning() -> None:
    long = x509.Name([x509.NameAttribute(x509.ObjectIdentifier("1.2.3"), "x" * 300)])
    der = read_certificate(World().licence(subject=long).der)
    assert der.attributes == (("1.2.3", "x" * 300),)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
def test_names_of_any_bytes_are_read_or_refused(value: bytes) -> None:
    try:
        name = decode_der(structures.TLV, value)
    except ValueError:
        return
    with contextlib.suppress(LicenceRefused):
        read_certificate(changed(GOOD["ecdsa"], subject=name))
