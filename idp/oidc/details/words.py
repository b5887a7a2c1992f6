"""A detail as a person reads it: a title, a sentence, and everything that the sentence does not say.

What a client wrote is kept apart from what we wrote, so that no value can pass for a part of the sentence.
"""

from dataclasses import dataclass

from idp.oidc.details.reading import Detail
from idp.oidc.details.types import PLACE


@dataclass(frozen=True, slots=True)
class Part:
    """Of a sentence."""

    text: str
    is_value: bool


@dataclass(frozen=True, slots=True)
class Described:
    title: str
    sentence: tuple[Part, ...]
    more: tuple[tuple[str, str], ...]
    """Title and value of each field that has no place in the sentence."""
    one_time: bool


def described(detail: Detail, locale: str, *, this_once: bool = False) -> Described:
    """`this_once`: it is asked about again, whatever its type says."""
    found = detail.type
    shown = {name: found.fields[name].shown(value, locale) for name, value in detail.values.items()}
    sentence = found.sentence[locale]
    # The texts between the places, and the names in them, take turns.
    parts = tuple(
        Part(shown[piece], is_value=True) if is_place else Part(piece, is_value=False)
        for number, piece in enumerate(PLACE.split(sentence))
        if (is_place := number % 2 == 1) or piece
    )
    placed = set(PLACE.findall(sentence))
    more = tuple(
        (found.fields[name].title[locale], text) for name, text in shown.items() if name not in placed
    )
    return Described(found.title[locale], parts, more, found.one_time or this_once)
