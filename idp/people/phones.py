"""Phone numbers of people, in the one form that is stored and indexed: E.164.

Mobile phones of the mainland (11 digits beginning with 1, Telecommunications Network Numbering Plan of
2017) may be typed without their country code; every other number needs its own: the plans of Hong Kong,
Macao and Taiwan are of different lengths, and guessing would send codes to strangers.
"""

import re
from typing import Final

_TRANSLATION: Final = {
    **{0xFF10 + i: str(i) for i in range(10)},
    0xFF0B: "+",
    **dict.fromkeys(map(ord, " -().\u00a0\u2010\u2011\u2012\u2013\u2212\uff0d\uff08\uff09\u3000"), None),
    **dict.fromkeys((0x200B, 0x200E, 0x200F, 0x202A, 0x202C, 0x2060, 0xFEFF), None),  # pasted, invisible
}
_MAINLAND: Final = re.compile(r"(?:\+86|0086)?(1[3-9][0-9]{9})")
_ABROAD: Final = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")
LONGEST_INPUT_CHARACTERS: Final = 40


class InvalidPhone(ValueError):
    """Never carries the text: errors end up in logs."""

    def __init__(self) -> None:
        super().__init__("not a phone number")


def normalise(text: str) -> str:
    """The E.164 form of what a person typed, such as `+8613800138000`. Raises InvalidPhone."""
    if len(text) > LONGEST_INPUT_CHARACTERS:
        raise InvalidPhone
    digits = text.translate(_TRANSLATION)
    if found := _MAINLAND.fullmatch(digits):
        return f"+86{found[1]}"
    found = _ABROAD.fullmatch(digits)
    # A number of the mainland that is not a mobile phone's takes no text message.
    if found is None or found[1].startswith("86"):
        raise InvalidPhone
    return f"+{found[1]}"


def masked(phone: str) -> str:
    """What is shown to the phone's own holder: the country code of the mainland and the last four digits."""
    prefix = "+86 " if phone.startswith("+86") else "+"
    return f"{prefix}*******{phone[-4:]}"
