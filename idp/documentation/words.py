"""What the search takes for words: of Latin letters and figures; of Chinese, pairs of neighbouring
characters, Traditional ones folded into Simplified.

Folded character by character, so that each word is known by where it stands in the text as it was written.
`idp/static/js/documentation.js` does the same to what is typed, which a test compares.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from idp.documentation.traditional import FOLDED

PIECES = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
CHINESE_CHARACTERS = 2


@dataclass(frozen=True, slots=True)
class Word:
    token: str
    start: int
    end: int
    """In the text, as a slice."""


def words(text: str) -> Iterator[Word]:
    folded = [_folded(character) for character in text]
    origin = [number for number, characters in enumerate(folded) for _ in characters]
    for piece in PIECES.finditer("".join(folded)):
        for start, end in _cut(piece):
            token = piece.string[start:end]
            yield Word(token, origin[start], origin[end - 1] + 1)


def _folded(character: str) -> str:
    return unicodedata.normalize("NFKC", character).lower().translate(FOLDED)


def _cut(piece: re.Match[str]) -> Iterator[tuple[int, int]]:
    start, end = piece.span()
    if piece[0].isascii() or end - start < CHINESE_CHARACTERS:
        yield start, end
    else:
        for at in range(start, end - CHINESE_CHARACTERS + 1):
            yield at, at + CHINESE_CHARACTERS


@dataclass(frozen=True, slots=True)
class Asked:
    """A query's words: whole ones, and the last, of which only the beginning may be typed yet."""

    whole: tuple[str, ...]
    begun: str = ""

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.whole, self.begun) if self.begun else self.whole

    def is_in(self, word: Word) -> bool:
        return word.token in self.whole or bool(self.begun and word.token.startswith(self.begun))


def asked_by(query: str) -> Asked:
    """A single letter begins too much; a single Chinese character begins the pairs it stands first in."""
    found = tuple(dict.fromkeys(word.token for word in words(query)))
    if found and may_be_begun(found[-1]):
        return Asked(found[:-1], found[-1])
    return Asked(found)


def may_be_begun(token: str) -> bool:
    return (len(token) > 1) == token.isascii()
