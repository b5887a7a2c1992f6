"""Whose licence it is: the places, in their order, and nothing that is almost a code or a number."""

import pytest
from cryptography import x509
from cryptography.hazmat.asn1 import PrintableString, encode_der
from cryptography.x509.oid import NameOID

from idp.business.licences.der import IdentityCode
from idp.business.licences.refusals import LicenceRefused, Rule
from idp.business.licences.subject import read_subject
from tests.idp.business.licences.world import (
    CODE,
    CREDIT_CODE,
    HOLDER,
    IDENTITY_CODE,
    NOW,
    PLACES,
    World,
    licence_extensions,
    name,
    raw,
    text_extension,
)

OTHER_CODE = "91000000YT000002XR"
ORGANISATION_IDENTIFIER = x509.ObjectIdentifier("2.5.4.97")


def read(**changes: object) -> tuple[str, str]:
    found = read_subject(World().licence(**changes).certificate, PLACES, NOW.date())
    return found.code.value, found.holder.number.value


def refused(**changes: object) -> str:
    with pytest.raises(LicenceRefused) as error:
        read(**changes)
    assert error.value.rule is Rule.SUBJECT
    return error.value.reason


def test_the_extension_is_asked_before_the_name() -> None:
    assert read(subject=name("a", (NameOID.SERIAL_NUMBER, OTHER_CODE))) == (CODE, HOLDER)


@pytest.mark.parametrize("written", [OTHER_CODE, f"NTRCN-{OTHER_CODE}"])
def test_the_organisation_identifier_is_asked_next(written: str) -> None:
    subject = name("a", (ORGANISATION_IDENTIFIER, written), (NameOID.SERIAL_NUMBER, CODE))
    assert read(extensions=licence_extensions(code=None), subject=subject) == (OTHER_CODE, HOLDER)


def test_the_serial_number_is_asked_last() -> None:
    subject = name("a", (NameOID.SERIAL_NUMBER, CODE))
    assert read(extensions=licence_extensions(code=None), subject=subject) == (CODE, HOLDER)


def test_a_wrong_code_is_never_passed_over_for_another() -> None:
    subject = name("a", (NameOID.SERIAL_NUMBER, OTHER_CODE))
    assert "check_character" in refused(extensions=licence_extensions(code=CODE[:-1] + "3"), subject=subject)


@pytest.mark.parametrize(
    "code", [CODE.lower(), f" {CODE}", CODE.replace("Y", "Ｙ"), CODE[:9], "", "000000199003070030"]
)
def test_what_is_not_exactly_a_code_is_refused(code: str) -> None:
    extension = raw(CREDIT_CODE, encode_der(code))
    refused(extensions=[*licence_extensions(code=None), (extension, False)])


@pytest.mark.parametrize("holder", ["000000199003070031", "", HOLDER + " ", "E12345678"])
def test_what_is_no_number_is_no_holder(holder: str) -> None:
    refused(extensions=licence_extensions(holder=holder))


@pytest.mark.parametrize("missing", ["code", "holder"])
def test_a_licence_names_both(missing: str) -> None:
    assert "in none of the places" in refused(extensions=licence_extensions(**{missing: None}))


def test_a_code_twice_in_the_name_is_refused() -> None:
    subject = name("a", (NameOID.SERIAL_NUMBER, CODE), (NameOID.SERIAL_NUMBER, OTHER_CODE))
    assert "more than once" in refused(extensions=licence_extensions(code=None), subject=subject)


def test_the_holder_may_stand_there_as_a_plain_text() -> None:
    plain = (text_extension(IDENTITY_CODE, HOLDER), False)
    assert read(extensions=[*licence_extensions(holder=None), plain]) == (CODE, HOLDER)


def test_a_holder_by_passport_alone_is_refused() -> None:
    card = IdentityCode(resident_card=None, military_card=None, passport=PrintableString("E12345678"))
    extension = (raw(IDENTITY_CODE, encode_der(card)), False)
    assert "not in a form" in refused(extensions=[*licence_extensions(holder=None), extension])


@pytest.mark.parametrize(
    "value", [b"", b"\x05\x00", b"\x13\x40" + b"9" * 64, b"\x13\x41" + b"9" * 65, b"\x04\x02ab"]
)
def test_an_extension_of_another_form_is_refused(value: bytes) -> None:
    refused(extensions=[*licence_extensions(code=None), (raw(CREDIT_CODE, value), False)])
