"""Which card a person holds, told from the number on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from idp.people.resident_number import Kind, ResidentNumber, parse


class DocumentType(StrEnum):
    """The cards that a person can sign in with; stored, so a value never changes its meaning."""

    RESIDENT_IDENTITY_CARD = "resident_identity_card"
    HMT_RESIDENCE_PERMIT = "hmt_residence_permit"
    FOREIGN_PERMANENT_RESIDENT_CARD = "foreign_permanent_resident_card"


_TYPE_OF_KIND: Final = {
    Kind.RESIDENT: DocumentType.RESIDENT_IDENTITY_CARD,
    Kind.HONG_KONG: DocumentType.HMT_RESIDENCE_PERMIT,
    Kind.MACAO: DocumentType.HMT_RESIDENCE_PERMIT,
    Kind.TAIWAN: DocumentType.HMT_RESIDENCE_PERMIT,
    Kind.FOREIGNER: DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD,
    Kind.FOREIGNER_FORMER_CARD: DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD,
}


@dataclass(frozen=True, slots=True)
class IdentityDocument:
    """A card: its type and its number. Its `repr` is as silent as the number's."""

    type: DocumentType
    number: ResidentNumber


def identify(text: str, today: date) -> IdentityDocument:
    """The card whose number a person typed; nobody is asked which kind of card it is.

    Raises `InvalidNumber`.
    """
    number = parse(text, today)
    return IdentityDocument(_TYPE_OF_KIND[number.kind], number)
