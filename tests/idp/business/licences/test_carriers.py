"""How certificates come: PEM, DER, and what only looks like it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.business.licences.carriers import BYTES_AT_MOST, read_certificates
from idp.business.licences.refusals import LicenceRefused
from tests.idp.business.licences.world import World

WORLD = World("sm2")
HELD, ISSUING = WORLD.licence(), WORLD.issuing


def test_pem_and_der_are_read() -> None:
    assert read_certificates(HELD.der) == read_certificates(HELD.pem) == (HELD.certificate,)
    assert read_certificates(HELD.pem + ISSUING.pem) == (HELD.certificate, ISSUING.certificate)
    assert read_certificates(HELD.pem.replace(b"\n", b"\r\n")) == (HELD.certificate,)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"-----",
        b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        HELD.pem.replace(b"CERTIFICATE", b"PKCS7"),
        HELD.pem + HELD.pem.replace(b"CERTIFICATE", b"PRIVATE KEY"),
        HELD.pem.replace(b"MII", b"=MII"),
        HELD.pem + b"x" * BYTES_AT_MOST,
        HELD.pem.replace(b"-----END CERTIFICATE-----", b""),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(LicenceRefused):
        read_certificates(data)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_broken_pem_is_refused_or_read(data: st.DataObject) -> None:
    text = bytearray(HELD.pem + ISSUING.pem)
    for _ in range(data.draw(st.integers(1, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_certificates(bytes(text))
    except LicenceRefused:
        return
