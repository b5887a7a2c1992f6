"""The card is told from its number."""

from __future__ import annotations

from datetime import date

import pytest

from idp.people.check_characters import icao_7_3_1
from idp.people.documents import DocumentType, identify
from idp.people.resident_number import InvalidNumber, Kind, compose

TODAY = date(2026, 11, 22)
BORN = date(1988, 8, 8)
FORMER = "UTO3100880808" + "1"


@pytest.mark.parametrize(("text", "expected"), [
    (compose("110101", BORN, 1), DocumentType.RESIDENT_IDENTITY_CARD),
    ("110101880808001", DocumentType.RESIDENT_IDENTITY_CARD),
    (compose("810000", BORN, 1), DocumentType.HMT_RESIDENCE_PERMIT),
    (compose("820000", BORN, 1), DocumentType.HMT_RESIDENCE_PERMIT),
    (compose("830000", BORN, 1), DocumentType.HMT_RESIDENCE_PERMIT),
    (compose("931840", BORN, 1), DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD),
    ("uto 3100 880808 1" + icao_7_3_1(FORMER), DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD),
])  # fmt: skip
def test_each_number_names_its_card(text: str, expected: DocumentType) -> None:
    document = identify(text, TODAY)
    assert document.type is expected
    assert document.number.value not in repr(document)


def test_every_kind_of_number_has_a_card() -> None:
    kinds = {
        identify(text, TODAY).number.kind
        for text in (
            *(compose(address, BORN, 1) for address in ("110101", "810000", "820000", "830000", "931840")),
            FORMER + icao_7_3_1(FORMER),
        )
    }
    assert kinds == set(Kind)


def test_what_is_no_number_is_no_document() -> None:
    with pytest.raises(InvalidNumber):
        identify("passport", TODAY)
