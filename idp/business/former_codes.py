"""What organisations were known by before October 2015, recognised to tell people what to type instead.

- Organisation code (GB 11714-1997): 8 digits or capital letters and a check character, modulus 11.
- Registration number of business licences (rules of the State Administration for Industry and Commerce,
  GS 15-2006): 6 digits of the authority, 8 of sequence, a check digit by ISO 7064 MOD 11,10.
"""

from __future__ import annotations

import re
from typing import Final

_ORGANISATION_CODE: Final = re.compile(r"[0-9A-Z]{8}[0-9X]")
_REGISTRATION_NUMBER: Final = re.compile(r"[0-9]{15}")
# GB 11714-1997: weights of the eight places, from the left.
_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


def is_organisation_code(text: str) -> bool:
    return bool(_ORGANISATION_CODE.fullmatch(text)) and gb_11714(text[:8]) == text[8]


def is_registration_number(text: str) -> bool:
    return bool(_REGISTRATION_NUMBER.fullmatch(text)) and mod_11_10(text[:14]) == text[14]


def gb_11714(body: str) -> str:
    """The ninth character for eight: A counts 10 and Z 35; X stands for ten."""
    total = sum(weight * int(character, 36) for weight, character in zip(_WEIGHTS, body, strict=True))
    return "0123456789X"[-total % 11]


def mod_11_10(body: str) -> str:
    """The check digit of ISO 7064 MOD 11,10, a hybrid system: it is a digit always."""
    product = 10
    for digit in body:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)
