"""The search: a small index, asked by the server where no script runs, and by the page itself where one does.

Words of Latin letters and figures; of Chinese, pairs of neighbouring characters, Traditional ones folded into
Simplified. `idp/static/js/documentation.js` does the same with the same numbers, which a test compares.
"""

import math
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from idp.documentation.rendering import Part
from idp.documentation.traditional import FOLDED

PIECES = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
IN_TITLE, IN_HEADING, IN_TEXT = 8, 4, 1
EXCERPT_CHARACTERS = 140
RESULTS_AT_MOST = 20
QUERY_CHARACTERS = 100
OF_A_TEXT_AT_MOST = 3
"""How often one word counts in one text: a long table is not all that there is to say."""


@dataclass(frozen=True, slots=True)
class Found:
    path: str
    title: str
    heading: str
    anchor: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Index:
    places: tuple[Found, ...]
    weights: Mapping[str, Mapping[int, int]]
    """Token -> number of the place -> weight."""
    tokens: tuple[str, ...]
    """Sorted."""

    def to_json(self) -> dict[str, Any]:
        return {
            "places": [[p.path, p.title, p.heading, p.anchor, p.excerpt] for p in self.places],
            "weights": {
                token: [n for pair in places.items() for n in pair] for token, places in self.weights.items()
            },
        }

    def search(self, query: str) -> list[Found]:
        """The best first: places that hold all that is asked for; where none does, any of it."""
        asked = list(dict.fromkeys(tokens(query[:QUERY_CHARACTERS])))
        if not asked:
            return []
        scores: dict[int, float] = {}
        held: dict[int, int] = {}
        for token in asked:
            for place, score in self._of(token, whole=token != asked[-1]).items():
                scores[place] = scores.get(place, 0.0) + score
                held[place] = held.get(place, 0) + 1
        most = max(held.values(), default=0)
        best = sorted((place for place in scores if held[place] == most), key=lambda n: (-scores[n], n))
        return [self.places[place] for place in best[:RESULTS_AT_MOST]]

    def _of(self, token: str, *, whole: bool) -> dict[int, float]:
        """Place -> what the token is worth there. The last Latin word of a query may be a beginning."""
        found: dict[int, float] = {}
        for known in self._known(token, whole=whole or not token.isascii() or len(token) < 2):
            places = self.weights[known]
            rarity = math.log(1 + len(self.places) / len(places))
            for place, weight in places.items():
                found[place] = max(found.get(place, 0.0), weight * rarity * (1.0 if known == token else 0.5))
        return found

    def _known(self, token: str, *, whole: bool) -> Iterable[str]:
        if whole:
            return (token,) if token in self.weights else ()
        start = bisect_left(self.tokens, token)
        return takewhile(lambda known: known.startswith(token), self.tokens[start:])


def tokens(text: str) -> Iterator[str]:
    for piece in PIECES.findall(unicodedata.normalize("NFKC", text).lower().translate(FOLDED)):
        if piece.isascii() or len(piece) == 1:
            yield piece
        else:
            yield from (piece[n : n + 2] for n in range(len(piece) - 1))


def index(pages: Iterable[tuple[str, str, list[Part]]]) -> Index:
    """`pages`: path, title, parts."""
    places: list[Found] = []
    weights: dict[str, dict[int, int]] = {}
    for path, title, found in pages:
        for part in found:
            number = len(places)
            excerpt = _beginning(" ".join(part.text.split()))
            is_first = part is found[0]
            places.append(
                Found(
                    path,
                    title,
                    "" if is_first else part.heading.text,
                    "" if is_first else part.heading.anchor,
                    excerpt,
                )
            )
            for text, weight in (
                (part.heading.text, IN_TITLE if is_first else IN_HEADING),
                (part.text, IN_TEXT),
            ):
                _count(weights, text, number, weight)
    return Index(tuple(places), weights, tuple(sorted(weights)))


def _beginning(text: str) -> str:
    return text if len(text) <= EXCERPT_CHARACTERS else f"{text[: EXCERPT_CHARACTERS - 1].rstrip()}…"


def _count(weights: dict[str, dict[int, int]], text: str, place: int, weight: int) -> None:
    counted: dict[str, int] = {}
    for token in tokens(text):
        if counted.get(token, 0) < OF_A_TEXT_AT_MOST:
            counted[token] = counted.get(token, 0) + 1
    for token, times in counted.items():
        at = weights.setdefault(token, {})
        at[place] = at.get(place, 0) + weight * times
