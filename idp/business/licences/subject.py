"""For whom a licence was made out: the organisation's credit code, and the person who holds it.

Authorities write these into different places, so the operator says where they are: `extension:OID`, or
`subject:OID` for an attribute of the subject's name. The first place that is there decides, and what stands
in it must be right: a wrong code is never passed over for another one.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from cryptography.hazmat.asn1 import decode_der

from idp.business import credit_code
from idp.business.credit_code import CreditCode
from idp.business.licences.certificates import Certificate
from idp.business.licences.der import IdentityCode, read_text
from idp.business.licences.refusals import LicenceRefused, Rule
from idp.people import documents
from idp.people.documents import IdentityDocument
from idp.people.resident_number import InvalidNumber

ORGANISATION_IDENTIFIER: Final = "2.5.4.97"
IDENTIFIER_PREFIX: Final = "NTRCN-"
"""ETSI EN 319 412-1 section 5.1.4: an identifier of China's trade register follows."""
LONGEST: Final = 64


@dataclass(frozen=True, slots=True)
class Subject:
    """Both are as silent in a `repr` as their classes."""

    code: CreditCode
    holder: IdentityDocument = field(repr=False)


@dataclass(frozen=True, slots=True)
class Places:
    code: Sequence[str]
    holder: Sequence[str]


def read_subject(certificate: Certificate, places: Places, today: date) -> Subject:
    """Raises LicenceRefused; the text holds nothing of the subject."""
    code = _first(certificate, places.code, "credit code")
    holder = _first(certificate, places.holder, "holder")
    try:
        found = credit_code.parse(code)
    except credit_code.InvalidCode as invalid:
        raise LicenceRefused(Rule.SUBJECT, f"the credit code is none: {invalid.reason}") from None
    try:
        person = documents.identify(holder, today)
    except InvalidNumber as invalid:
        raise LicenceRefused(Rule.SUBJECT, f"the holder's number is none: {invalid.reason}") from None
    # What people type is made regular; what an authority has signed is regular, or was never checked there.
    if found.value != code or person.number.value != holder:
        raise LicenceRefused(Rule.SUBJECT, "the credit code or the holder's number is not written as such")
    return Subject(found, person)


def _first(certificate: Certificate, places: Sequence[str], what: str) -> str:
    for place in places:
        kind, _, oid = place.partition(":")
        found = _in_extension(certificate, oid) if kind == "extension" else _in_name(certificate, oid)
        if len(found) > 1:
            raise LicenceRefused(Rule.SUBJECT, f"the {what} is there more than once")
        if found:
            return found[0]
    raise LicenceRefused(Rule.SUBJECT, f"the {what} is in none of the places where it should be")


def _in_name(certificate: Certificate, oid: str) -> list[str]:
    found = [value for name, value in certificate.attributes if name == oid]
    return (
        [value.removeprefix(IDENTIFIER_PREFIX) for value in found]
        if oid == ORGANISATION_IDENTIFIER
        else found
    )


def _in_extension(certificate: Certificate, oid: str) -> list[str]:
    """A text, or an IdentityCode with a resident's card (GB/T 20518-2018 section 5.2.4)."""
    data = certificate.extensions.get(oid)
    if data is None:
        return []
    text = read_text(data)
    if text is None:
        with suppress(ValueError):
            card = decode_der(IdentityCode, data).resident_card
            text = card.as_str() if card is not None else None
    if text and len(text) <= LONGEST:
        return [text]
    raise LicenceRefused(Rule.SUBJECT, "an extension about the subject is not in a form that is known")
