"""Identity numbers of natural persons in China: GB 11643-1999 and its relatives.

- Resident identity card (GB 11643-1999): 6 digits of address, 8 of birth date, 3 of sequence, 1 check
  character. Before 1999 (GB 11643-1989): 6 of address, 6 of birth date, 3 of sequence.
- Residence permit of Hong Kong, Macao and Taiwan residents (State Council, Guobanfa [2018] 81): as
  GB 11643-1999, with the addresses 810000, 820000, 830000.
- Foreigner's permanent residence card of 2023 (National Immigration Administration, machine reading rules):
  9, 2 digits of province, 3 of nationality (ISO 3166-1 numeric), then as GB 11643-1999.
- Foreigner's card before 2023: 3 letters of nationality (ISO 3166-1 alpha-3), 4 digits of address, 6 of birth
  date, 1 of sequence, 1 check digit. The standard is not public; that the check digit is ICAO's 7-3-1 over
  the 14 characters before it is what public validators implement.

A resident's 15 digits are turned into their 18 here, so that one person never has two numbers. A foreigner's
former number cannot be turned into the new one, which has a century and a sequence that the former lacks: it
stays a document of its own, and a person may hold both.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from idp.people.check_characters import icao_7_3_1, mod_11_2

LONGEST_INPUT_CHARACTERS: Final = 64
LONGEST_LIFE_YEARS: Final = 150

# GB/T 2260: the provinces, regions and municipalities that address codes begin with.
_PROVINCE: Final = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71")
_PERMIT_ADDRESSES: Final = frozenset({"810000", "820000", "830000"})

SANDBOX_ADDRESS: Final = "000000"
SANDBOX_PERMIT_ADDRESSES: Final = frozenset({"819999", "829999", "839999"})
SANDBOX_PROVINCE_OF_ISSUE: Final = "00"

# GB 11643-1989: these sequences of a 15-digit number were kept for people over a hundred, born before 1900.
_CENTENARIAN_SEQUENCES: Final = frozenset({"996", "997", "998", "999"})
# The 15-character card was last issued on this day, so nobody on one was born later.
_LAST_FORMER_CARD: Final = date(2023, 11, 30)


class Kind(StrEnum):
    """Which of the layouts a number has."""

    RESIDENT = "resident"
    HONG_KONG = "hong_kong"
    MACAO = "macao"
    TAIWAN = "taiwan"
    FOREIGNER = "foreigner"
    FOREIGNER_FORMER_CARD = "foreigner_former_card"


# The first two digits of an 18-digit number that are not a province of the mainland.
_PERMIT_KINDS: Final = {"81": Kind.HONG_KONG, "82": Kind.MACAO, "83": Kind.TAIWAN}


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Reason(StrEnum):
    """Why a text is not a number, for programs; the pages have their own words for each."""

    EMPTY = "empty"
    LENGTH = "length"
    CHARACTERS = "characters"
    CHECK_CHARACTER = "check_character"
    BIRTH_DATE = "birth_date"
    BIRTH_DATE_IN_FUTURE = "birth_date_in_future"
    BIRTH_DATE_TOO_EARLY = "birth_date_too_early"


class InvalidNumber(ValueError):
    """Carries a reason and never the text: errors end up in logs."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class ResidentNumber:
    """A number that passed every check. Only `value` shows it; `repr` and `str` are masked."""

    value: str
    kind: Kind
    birth_date: date
    sex: Sex | None
    """None on a foreigner's former card, which does not say."""
    address_code: str
    """As printed: 6 digits (on a foreigner's card 9, province and nationality), 4 on the former card."""

    def __repr__(self) -> str:
        return f"ResidentNumber({self.masked!r}, {self.kind.value})"

    __str__ = __repr__

    @property
    def masked(self) -> str:
        """First and last character, as Chinese public services show a number to its own holder."""
        return self.value[0] + "*" * (len(self.value) - 2) + self.value[-1]

    @property
    def region_is_known(self) -> bool:
        """Advice alone: codes are created and retired every year, and old numbers keep theirs."""
        if self.kind is Kind.FOREIGNER:
            return _PROVINCE.match(self.address_code, 1) is not None
        if self.kind in _PERMIT_KINDS.values():
            return self.address_code in _PERMIT_ADDRESSES
        return _PROVINCE.match(self.address_code) is not None

    @property
    def is_sandbox(self) -> bool:
        """True of numbers that no authority can issue; a production system refuses them at its door."""
        if self.kind is Kind.FOREIGNER:
            return self.address_code[1:3] == SANDBOX_PROVINCE_OF_ISSUE
        if self.kind is Kind.FOREIGNER_FORMER_CARD:
            return self.address_code == SANDBOX_ADDRESS[:4]
        return self.address_code == SANDBOX_ADDRESS or self.address_code in SANDBOX_PERMIT_ADDRESSES

    def age_on(self, today: date) -> int:
        return completed_years(self.birth_date, today)


def completed_years(born: date, today: date) -> int:
    """Somebody born on 29 February grows older on 1 March of common years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


# What phones and Chinese input methods type. NFKC would do more than wanted: it makes digits of superscripts
# and circled numbers, which nobody has on a card.
_TRANSLATION: Final = {
    **{ord("\uff10") + i: str(i) for i in range(10)},
    **{ord("\uff21") + i: chr(ord("A") + i) for i in range(26)},
    **{ord("\uff41") + i: chr(ord("A") + i) for i in range(26)},
    **{ord("a") + i: chr(ord("A") + i) for i in range(26)},
    0x2169: "X",  # the Roman numeral ten, which GB 11643 means by its X
    0x2179: "X",
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2212, 0xFF0D), "-"),
    **dict.fromkeys((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF), None),  # pasted, invisible
}
_GROUPING_HYPHEN: Final = re.compile(r"(?<=[0-9A-Z])-(?=[0-9A-Z])")


def normalise(text: str) -> str:
    """Text as typed to text as printed: half-width, capitals, no white space, no grouping hyphens.

    A hyphen at an end or beside another one groups nothing: it stays, and `parse` refuses it.
    """
    printed = "".join(text.translate(_TRANSLATION).split())
    return _GROUPING_HYPHEN.sub("", printed)


def parse(text: str, today: date) -> ResidentNumber:
    """The number that a person typed, checked as far as it can be without a register.

    Raises `InvalidNumber`. `today` is the calendar day in China; nobody was born after it.
    """
    if len(text) > LONGEST_INPUT_CHARACTERS:
        raise InvalidNumber(Reason.LENGTH)
    number = normalise(text)
    if not number:
        raise InvalidNumber(Reason.EMPTY)
    for pattern, read in _FORMS:
        if pattern.fullmatch(number):
            return read(number, today)
    raise InvalidNumber(Reason.CHARACTERS if len(number) in (15, 18) else Reason.LENGTH)


def compose(address_code: str, birth_date: date, sequence: int) -> str:
    """The 18 characters for 6 digits of address, a birth date and a sequence of 0 to 999 (odd: male)."""
    body = f"{address_code}{birth_date:%Y%m%d}{sequence:03d}"
    return body + mod_11_2(body)


def _read_18(number: str, today: date) -> ResidentNumber:
    if mod_11_2(number[:17]) != number[17]:
        raise InvalidNumber(Reason.CHECK_CHARACTER)
    kind = Kind.FOREIGNER if number[0] == "9" else _PERMIT_KINDS.get(number[:2], Kind.RESIDENT)
    # GB 11643-1999 section 4.2.3: odd sequences are men's.
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return ResidentNumber(number, kind, _birth_date(number[6:14], today), sex, number[:6])


def _read_legacy(number: str, today: date) -> ResidentNumber:
    if number[0] in "89":  # Permits and foreigners' numbers were born with 18 digits.
        raise InvalidNumber(Reason.LENGTH)
    century = "18" if number[12:] in _CENTENARIAN_SEQUENCES else "19"
    body = number[:6] + century + number[6:]
    return _read_18(body + mod_11_2(body), today)


def _read_former_card(number: str, today: date) -> ResidentNumber:
    if icao_7_3_1(number[:14]) != number[14]:
        raise InvalidNumber(Reason.CHECK_CHARACTER)
    # Two digits of year: the later century in which the holder can have been born before the last card.
    century = "20" if "20" + number[7:13] <= f"{_LAST_FORMER_CARD:%Y%m%d}" else "19"
    birth_date = _birth_date(century + number[7:13], today)
    return ResidentNumber(number, Kind.FOREIGNER_FORMER_CARD, birth_date, None, number[3:7])


_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[str, date], ResidentNumber]], ...]] = (
    (re.compile(r"[0-9]{17}[0-9X]"), _read_18),
    (re.compile(r"[0-9]{15}"), _read_legacy),
    (re.compile(r"[A-Z]{3}[0-9]{12}"), _read_former_card),
)


def _birth_date(digits: str, today: date) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise InvalidNumber(Reason.BIRTH_DATE) from None
    if born > today:
        raise InvalidNumber(Reason.BIRTH_DATE_IN_FUTURE)
    if born.year < today.year - LONGEST_LIFE_YEARS:
        raise InvalidNumber(Reason.BIRTH_DATE_TOO_EARLY)
    return born
