"""Unified social credit codes of legal persons and other organisations: GB 32100-2015.

| places | what | by |
|---|---|---|
| 1 | authority that registers | GB 32100-2015, table of authorities |
| 2 | class of organisation, of that authority | the same table |
| 3-8 | administrative division of the authority | GB/T 2260 |
| 9-17 | the organisation's code, its last place a check character | GB 11714-1997 |
| 18 | check character | GB/T 17710 (ISO 7064) with modulus 31 |

31 characters are in use: digits and capital letters without I, O, S, V and Z, which are read as others.
The inner check and the table of authorities advise alone: some codes that are in use fail the one (they were
given to organisations whose earlier code was wrong), and authorities are added to the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from idp.business import former_codes
from idp.business.organisation_kinds import OrganisationType, type_of_category
from idp.people.check_characters import mod_11_2
from idp.people.resident_number import normalise

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH: Final = 18
LONGEST_INPUT_CHARACTERS: Final = 64
SANDBOX_REGION: Final = "000000"
"""Of no authority: GB/T 2260 begins at 110000, and national authorities use 100000."""

# GB 32100-2015: W_i = 3^(i-1) mod 31, i counted from the left.
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
# What a reader makes of the characters that were left out for that reason.
_LOOK_ALIKES: Final = str.maketrans("IOSVZ", "105U2")
_FORM: Final = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")
_WITH_LOOK_ALIKES: Final = re.compile(rf"[0-9A-Z]{{{LENGTH}}}")
_REGION: Final = re.compile(r"100000|(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71)[0-9]{4}")
# With a birth date: of codes that are all digits, one wrong digit in eleven would pass MOD 11-2 too.
_RESIDENT_NUMBER: Final = re.compile(
    r"[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]"
)


class Reason(StrEnum):
    """Why a text is no code, for programs; the pages have their own words for each."""

    EMPTY = "empty"
    LENGTH = "length"
    CHARACTERS = "characters"
    REGION = "region"
    CHECK_CHARACTER = "check_character"
    FORMER_REGISTRATION_NUMBER = "former_registration_number"
    """15 digits of a licence from before October 2015: the new licence has a code."""
    FORMER_ORGANISATION_CODE = "former_organisation_code"
    """9 characters of a certificate of before: they are places 9 to 17 of the code, and not the code."""
    RESIDENT_NUMBER = "resident_number"
    """A person's number in the place of an organisation's."""


class InvalidCode(ValueError):
    """Says a reason and never the text: errors end up in logs."""

    def __init__(self, reason: Reason, suggestion: str | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.suggestion = suggestion
        """A code that was perhaps meant: for the person who typed to confirm, never taken by itself."""


@dataclass(frozen=True, slots=True, repr=False)
class CreditCode:
    """A code that passed every check. Only `value` shows it; `repr` and `str` are masked."""

    value: str
    type: OrganisationType | None = field(compare=False)
    """What its first two places tell; None for a pair that we do not know."""

    def __repr__(self) -> str:
        return f"CreditCode({self.masked!r})"

    __str__ = __repr__

    @property
    def masked(self) -> str:
        """Which kind it is and the four places at the end, for pages."""
        return masked(self.value)

    @property
    def region_code(self) -> str:
        return self.value[2:8]

    @property
    def organisation_code(self) -> str:
        return self.value[8:17]

    @property
    def region_is_known(self) -> bool:
        """Advice alone: divisions come and go, and codes keep theirs."""
        return _REGION.fullmatch(self.region_code) is not None

    @property
    def organisation_code_checks(self) -> bool:
        """Advice alone: whether places 9 to 17 pass their own check (GB 11714)."""
        return former_codes.is_organisation_code(self.organisation_code)

    @property
    def is_sandbox(self) -> bool:
        """True of codes that no authority can give; a production system refuses them at its door."""
        return self.region_code == SANDBOX_REGION


def parse(text: str) -> CreditCode:
    """The code that a person typed, checked as far as it can be without a register. Raises InvalidCode."""
    if len(text) > LONGEST_INPUT_CHARACTERS:
        raise InvalidCode(Reason.LENGTH)
    code = normalise(text)
    problem = _problem_with(code)
    if problem is None:
        return CreditCode(code, type_of_category(code[:2]))
    if problem is Reason.CHARACTERS and _WITH_LOOK_ALIKES.fullmatch(code):
        meant = code.translate(_LOOK_ALIKES)
        # A suggestion passes every check, and is still not taken by itself: it may be another organisation's.
        raise InvalidCode(problem, meant if _problem_with(meant) is None else None)
    raise InvalidCode(problem)


def compose(category: str, region_code: str, organisation_code: str) -> str:
    """The 18 characters for places 1-2, 3-8 and 9-17. Raises ValueError for characters of no code."""
    body = category + region_code + organisation_code
    return body + check_character(body)


def check_character(body: str) -> str:
    """Place 18 for the 17 before it. Finds every wrong character and every swap of neighbours.

    Raises ValueError for another length or another character.
    """
    total = sum(weight * ALPHABET.index(character) for weight, character in zip(_WEIGHTS, body, strict=True))
    return ALPHABET[-total % 31]


def masked(code: str) -> str:
    return code[:2] + "*" * (len(code) - 6) + code[-4:]


def _problem_with(code: str) -> Reason | None:
    """Of normalised text, in the order in which a person would look for it."""
    if len(code) != LENGTH:
        return _problem_with_length(code)
    if not _FORM.fullmatch(code):
        return Reason.CHARACTERS
    if not code[2:8].isdecimal():
        return Reason.REGION
    if check_character(code[:-1]) == code[-1]:
        return None
    if _RESIDENT_NUMBER.fullmatch(code) and mod_11_2(code[:-1]) == code[-1]:
        return Reason.RESIDENT_NUMBER
    return Reason.CHECK_CHARACTER


def _problem_with_length(code: str) -> Reason:
    if not code:
        return Reason.EMPTY
    if former_codes.is_registration_number(code):
        return Reason.FORMER_REGISTRATION_NUMBER
    if former_codes.is_organisation_code(code):
        return Reason.FORMER_ORGANISATION_CODE
    return Reason.LENGTH
