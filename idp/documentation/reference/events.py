"""What the audit log says of a client: events that a developer's support meets, from the catalogue itself.

The catalogue speaks English; what it says is explained in other languages by its own sentences.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from idp.audit.catalogue import described
from idp.audit.events import CATALOGUE
from idp.documentation.reference.explained import Explained, Facts, cell, code, rows

CONCERNS = ("protocol", "logout", "acting", "backchannel", "decoupled")
"""Files of `idp/audit/events` whose events a client's requests cause."""
HEADS = {"en": ("Field", "Type", "What it says"), "zh-CN": ("字段", "类型", "含义")}


@dataclass(frozen=True, slots=True)
class Told:
    name: str
    meaning: str
    fields: tuple[tuple[str, str, str], ...]
    """Name, type, meaning."""


def document(_facts: Facts, explained: Explained) -> str:
    def said(sentence: str) -> str:
        return sentence if explained.language == "en" else explained.of(sentence)

    found: list[str] = []
    for concern in CONCERNS:
        found.append(f"## {explained.of(concern)}")
        for event in _told(concern):
            found += [f"### {event.name}", said(event.meaning)]
            if event.fields:
                shown = [
                    [code(name), cell(said(kind)), cell(said(meaning))]
                    for name, kind, meaning in event.fields
                ]
                found.append(rows(*HEADS[explained.language], of=shown))
    return "\n\n".join(found)


def explained_by_name() -> set[str]:
    """Concerns, and all that the catalogue says of their events."""
    sentences = {
        sentence
        for concern in CONCERNS
        for event in _told(concern)
        for sentence in (event.meaning, *(words for field in event.fields for words in field[1:]))
    }
    return {*CONCERNS, *sentences}


def _told(concern: str) -> Iterator[Told]:
    for declared in CATALOGUE.values():
        if declared.__module__.rpartition(".")[2] == concern:
            event = described(declared)
            fields = ((field.name, _line(field.type), _line(field.meaning)) for field in event.fields)
            yield Told(event.name, _line(event.meaning), tuple(fields))


def _line(text: str) -> str:
    return " ".join(text.split())
