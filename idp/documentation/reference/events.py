"""What the audit log says of a client: events that a developer's support meets, from the catalogue itself."""

from idp.audit.catalogue import described
from idp.audit.events import CATALOGUE
from idp.documentation.reference.explained import Explained, Facts, cell, code, rows

CONCERNS = ("protocol", "logout", "acting", "backchannel", "decoupled")
"""Files of `idp/audit/events` whose events a client's requests cause."""
HEADS = {"en": ("Field", "Type", "What it says"), "zh-CN": ("字段", "类型", "含义")}


def document(_facts: Facts, explained: Explained) -> str:
    found: list[str] = []
    for concern in CONCERNS:
        found.append(f"## {explained.of(concern)}")
        for declared in CATALOGUE.values():
            if declared.__module__.rpartition(".")[2] != concern:
                continue
            event = described(declared)
            found += [f"### {event.name}", explained.sentence(event.meaning)]
            if event.fields:
                shown = [
                    [
                        code(field.name),
                        cell(explained.sentence(field.type)),
                        cell(explained.sentence(field.meaning)),
                    ]
                    for field in event.fields
                ]
                found.append(rows(*HEADS[explained.language], of=shown))
    return "\n\n".join(found)
