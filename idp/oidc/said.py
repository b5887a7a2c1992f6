"""What a client says in a request and a person reads on our page: a purpose, the words of a detail.

RFC 9396 section 12 wants such data made harmless. Templates escape it, which stops markup; this stops what
escaping does not: characters that turn the direction of what follows, are not seen, or pile up. Letters of
any script may stand here, right-to-left ones included: pages set each text apart (`<bdi>`).
"""

import unicodedata
from itertools import groupby

MARKS_AT_MOST = 2
"""One upon the other, on one letter."""
BLANKS = frozenset((" ", "\u3000"))
"""The second is the blank of Chinese texts."""
UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5")
"""Letters, marks and signs by their category that show nothing."""
SELECTORS = (range(0xFE00, 0xFE10), range(0x180B, 0x1810), range(0xE0100, 0xE01F0))


class SaidBadly(ValueError):
    """Says what is wrong with a text, and does not quote it."""


def check(text: str, *, at_least: int, at_most: int) -> None:
    """Bounds are characters. Raises SaidBadly."""
    if not at_least <= len(text) <= at_most:
        raise SaidBadly(f"{at_least} to {at_most} characters")
    if not text.strip() or text != text.strip():
        raise SaidBadly("blanks around it, or nothing else")
    if any(map(_is_unseen, text)):
        raise SaidBadly("characters that do not show as themselves")
    marks = (len(list(run)) for is_mark, run in groupby(text, _is_mark) if is_mark)
    if max(marks, default=0) > MARKS_AT_MOST:
        raise SaidBadly("marks upon marks")


def _is_unseen(character: str) -> bool:
    """Categories C: controls, formats (all of Unicode's bidirectional controls among them), half characters
    and what is not assigned."""
    kind = unicodedata.category(character)
    return (
        kind[0] == "C"
        or kind in {"Zl", "Zp", "Me"}
        or (kind == "Zs" and character not in BLANKS)
        or character in UNSEEN
        or any(ord(character) in selectors for selectors in SELECTORS)
    )


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) == "Mn"
