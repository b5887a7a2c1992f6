"""What a result of the search shows of a text: the words around what was asked for, which is marked.

Pieces of the text as it was written: whoever shows them escapes them, each by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from idp.documentation.words import Asked, Word, words

CHARACTERS_AT_MOST = 140
BEFORE = 40
"""Of the first that is marked."""
CUT = "…"


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    is_match: bool = False


def marked(text: str, asked: Asked) -> tuple[Piece, ...]:
    """All of it: for titles."""
    return tuple(_pieces(text, _found(text, asked), 0, len(text)))


def excerpt(text: str, asked: Asked) -> tuple[Piece, ...]:
    """Where the most of what was asked for stands together; the beginning, where nothing of it does."""
    found = _found(text, asked)
    start, end = _window(text, found)
    pieces = list(_pieces(text, found, start, end))
    if start > 0:
        pieces.insert(0, Piece(CUT))
    if end < len(text):
        pieces.append(Piece(CUT))
    return tuple(pieces)


def _found(text: str, asked: Asked) -> list[Word]:
    return [word for word in words(text) if asked.is_in(word)]


def _window(text: str, found: list[Word]) -> tuple[int, int]:
    """With room for the two signs that something was cut off."""
    if len(text) <= CHARACTERS_AT_MOST:
        return 0, len(text)
    room = CHARACTERS_AT_MOST - 2 * len(CUT)
    first = _densest(found, room - BEFORE)
    start = max(0, min(first.start - BEFORE if first else 0, len(text) - room))
    end = start + room
    return _forwards(text, start, first.start if first else start), _backwards(text, end, end - BEFORE)


def _densest(found: list[Word], room: int) -> Word | None:
    """The first of those that most others follow soon, each counted once."""
    best: tuple[int, Word | None] = (0, None)
    for number, word in enumerate(found):
        near = {word.token}
        for other in found[number + 1 :]:
            if other.end > word.start + room:
                break
            near.add(other.token)
        if len(near) > best[0]:
            best = len(near), word
    return best[1]


def _forwards(text: str, at: int, limit: int) -> int:
    """Not within a Latin word, unless it is as long as that; nor with the stop of the sentence before."""
    moved = at
    while moved < limit and (_is_within_a_word(text, moved) or (at > 0 and not text[moved].isalnum())):
        moved += 1
    return at if _is_within_a_word(text, moved) else moved


def _backwards(text: str, at: int, limit: int) -> int:
    moved = at
    while moved > limit and _is_within_a_word(text, moved):
        moved -= 1
    return at if _is_within_a_word(text, moved) else moved


def _is_within_a_word(text: str, at: int) -> bool:
    beside = text[at - 1 : at + 1] if 0 < at < len(text) else " "
    return beside.isascii() and all(c.isalnum() or c == "_" for c in beside)


def _pieces(text: str, found: list[Word], start: int, end: int) -> Iterator[Piece]:
    """Neighbours are marked as one: pairs of Chinese characters overlap, and redirect_uri is one name."""
    at = start
    for first, last in _spans(text, found):
        first, last = max(first, at), min(last, end)
        if first >= last:
            continue
        if first > at:
            yield Piece(text[at:first])
        yield Piece(text[first:last], is_match=True)
        at = last
    if at < end:
        yield Piece(text[at:end])


def _spans(text: str, found: list[Word]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for word in found:
        if spans and text[spans[-1][1] : word.start] in {"", "_"}:
            spans[-1] = spans[-1][0], max(word.end, spans[-1][1])
        else:
            spans.append((word.start, word.end))
    return spans
