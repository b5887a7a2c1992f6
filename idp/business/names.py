"""Names of organisations: the form that is kept and the form that is shown to those who may know less."""

import unicodedata
from typing import Final

LONGEST_CHARACTERS: Final = 200
SHOWN_AT_THE_END: Final = 2
# NFKC makes them half-width; licences print them full-width between Chinese characters.
_BRACKETS: Final = str.maketrans("()", "（）")


class InvalidName(ValueError):
    """Never carries the text: the name of an individual business holds its owner's."""

    def __init__(self) -> None:
        super().__init__("not a name of an organisation")


def normalise(text: str) -> str:
    """As written to as kept: NFKC, single spaces, full-width brackets in names that are not Latin.

    Raises InvalidName when nothing, too much, or a control character is there.
    """
    if len(text) > LONGEST_CHARACTERS:
        raise InvalidName
    name = unicodedata.normalize("NFKC", text)
    name = " ".join("".join(c for c in name if unicodedata.category(c) != "Cf").split())
    if not name or len(name) > LONGEST_CHARACTERS or any(unicodedata.category(c)[0] == "C" for c in name):
        raise InvalidName
    return name if name.isascii() else name.translate(_BRACKETS)


def masked(name: str) -> str:
    """The end of a name tells what it is (公司, 饭店), its beginning whose it is."""
    shown = min(SHOWN_AT_THE_END, len(name) - 1)
    return "*" * (len(name) - shown) + name[len(name) - shown :]
