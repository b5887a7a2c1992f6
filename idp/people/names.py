"""Names of people: the form that is kept, and when two of them are the same name.

A name on a card is printed with a middle dot between the parts of a Uygur, Tibetan or Kazakh name, and
keyboards have at least nine characters for it. Foreigners' names are Latin letters, in capitals on the card.
"""

import unicodedata
from hmac import compare_digest
from typing import Final

LONGEST_CHARACTERS: Final = 100
# GB 18030 and GA/T 2000 print U+00B7; the rest is what input methods produce.
MIDDLE_DOT: Final = "\u00b7"
_DOTS: Final = dict.fromkeys(map(ord, "\u2022\u30fb\uff65\u2027\u2219\u22c5\u2024\u0387"), MIDDLE_DOT)


class InvalidName(ValueError):
    """Never carries the text: errors end up in logs."""

    def __init__(self) -> None:
        super().__init__("not a name")


def normalise(text: str) -> str:
    """As typed to as kept: NFKC, one kind of middle dot, single spaces, none in Chinese names.

    Raises InvalidName when nothing, too much, or a control character is there.
    """
    if len(text) > LONGEST_CHARACTERS:
        raise InvalidName
    name = unicodedata.normalize("NFKC", text.translate(_DOTS)).translate(_DOTS)
    # Format characters are invisible and come with pasted text; controls are no part of any name.
    name = "".join(c for c in name if unicodedata.category(c) != "Cf")
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_CHARACTERS or any(unicodedata.category(c)[0] == "C" for c in name):
        raise InvalidName
    # GB 13000 names have no spaces: `张 三` is how forms of two characters are padded.
    return name if _is_latin(name) else name.replace(" ", "").replace(".", MIDDLE_DOT)


def same(left: str, right: str) -> bool:
    """True when both normalise to the same name, case apart; compared in constant time.

    Raises InvalidName.
    """
    return compare_digest(_folded(left), _folded(right))


def masked(name: str) -> str:
    """As Chinese public services show a name to its own holder: the last character alone."""
    return "*" * (len(name) - 1) + name[-1:]


def _folded(name: str) -> bytes:
    # Cards and registers disagree about spaces and points of Latin names.
    return normalise(name).casefold().replace(" ", "").replace(".", "").encode()


def _is_latin(name: str) -> bool:
    return any(c.isascii() and c.isalpha() for c in name)
