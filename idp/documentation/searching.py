"""The search: a small index, asked by the server where no script runs, and by the page itself where one does.

`idp/static/js/documentation.js` finds the same in the same order, which a test compares.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from idp.documentation.excerpts import Piece, excerpt, marked
from idp.documentation.rendering import Part
from idp.documentation.words import asked_by, words

IN_TITLE, IN_HEADING, IN_TEXT = 8, 4, 1
OF_ITS_PAGE = 1
"""The page's title, for a part below: so that words of both are found together."""
RESULTS_AT_MOST = 20
QUERY_CHARACTERS = 100
OF_A_TEXT_AT_MOST = 3
"""How often one word counts in one text: a long table is not all that there is to say. In code, once."""


@dataclass(frozen=True, slots=True)
class Page:
    path: str
    title: str
    parts: list[Part]
    language: str
    """That it is written in."""


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a page."""

    path: str
    title: str
    heading: str
    """Of the part; nothing, for the first."""
    anchor: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    place: Place
    title: tuple[Piece, ...]
    heading: tuple[Piece, ...]
    excerpt: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Index:
    language: str
    """Of its readers, as pages are written: what is in another comes after."""
    places: tuple[Place, ...]
    weights: Mapping[str, Mapping[int, int]]
    """Token -> number of the place -> weight."""
    tokens: tuple[str, ...]
    """Sorted."""

    def to_json(self) -> dict[str, Any]:
        return {
            "language": self.language,
            "places": [[p.path, p.title, p.heading, p.anchor, p.language] for p in self.places],
            "weights": {
                token: [n for pair in places.items() for n in pair] for token, places in self.weights.items()
            },
        }

    def search(self, query: str) -> list[Found]:
        asked = asked_by(query[:QUERY_CHARACTERS])
        return [
            Found(place, marked(place.title, asked), marked(place.heading, asked), excerpt(place.text, asked))
            for place in self.best(query)
        ]

    def best(self, query: str) -> list[Place]:
        """Places that hold all that is asked for; where none does, the most of it. The reader's language
        first."""
        asked = asked_by(query[:QUERY_CHARACTERS])
        scores: dict[int, float] = {}
        held: dict[int, int] = {}
        for token in asked.all:
            for place, score in self._of(token, whole=token != asked.begun).items():
                scores[place] = scores.get(place, 0.0) + score
                held[place] = held.get(place, 0) + 1
        most = max(held.values(), default=0)

        def order(number: int) -> tuple[bool, float, int]:
            return self.places[number].language != self.language, -scores[number], number

        best = sorted((place for place in scores if held[place] == most), key=order)
        return [self.places[place] for place in best[:RESULTS_AT_MOST]]

    def _of(self, token: str, *, whole: bool) -> dict[int, float]:
        """Place -> what the token is worth there."""
        found: dict[int, float] = {}
        for known in self._known(token, whole=whole):
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


def index(language: str, pages: Iterable[Page]) -> Index:
    places: list[Place] = []
    weights: dict[str, dict[int, int]] = {}
    for page in pages:
        for part in page.parts:
            number = len(places)
            is_first = part is page.parts[0]
            heading, anchor = ("", "") if is_first else (part.heading.text, part.heading.anchor)
            text, code = " ".join(part.text.split()), " ".join(part.code.split())
            places.append(
                Place(page.path, page.title, heading, anchor, page.language, f"{text} {code}".strip())
            )
            _count(weights, page.title, number, IN_TITLE if is_first else OF_ITS_PAGE)
            _count(weights, heading, number, IN_HEADING)
            _count(weights, text, number, IN_TEXT)
            _count(weights, code, number, IN_TEXT, at_most=1)
    return Index(language, tuple(places), weights, tuple(sorted(weights)))


def _count(
    weights: dict[str, dict[int, int]],
    text: str,
    place: int,
    weight: int,
    at_most: int = OF_A_TEXT_AT_MOST,
) -> None:
    counted: dict[str, int] = {}
    for word in words(text):
        if counted.get(word.token, 0) < at_most:
            counted[word.token] = counted.get(word.token, 0) + 1
    for token, times in counted.items():
        at = weights.setdefault(token, {})
        at[place] = at.get(place, 0) + weight * times
