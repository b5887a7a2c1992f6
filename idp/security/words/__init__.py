"""Events in words of people: a sentence for each, what their fields are called, what frequent codes mean.

The log holds codes alone. What nobody has put into words is shown as the log has it.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from idp.audit.export.classes import Outcome, Severity, meaning_of
from idp.audit.recorded import Recorded
from idp.locales import gettext as _
from idp.security import rule_words
from idp.security.words import desk, developers, measures, people, protocol, sandbox, staff
from idp.security.words.codes import CODES, PAGES
from idp.security.words.fields import LABELS
from idp.security.words.reasons import LICENCES, OF_FIELDS, REASONS_OF
from idp.security.words.refusals import NAMES_OF_GATES

SENTENCES: Final[Mapping[str, str]] = {
    **people.SENTENCES,
    **protocol.SENTENCES,
    **staff.SENTENCES,
    **measures.SENTENCES,
    **desk.SENTENCES,
    **developers.SENTENCES,
    **sandbox.SENTENCES,
}
"""By the name of the event. A test holds that none is missing."""
CODED: Final = frozenset(
    (
        *("method", "methods", "reason", "outcome", "status", "result", "camera", "extent", "sharing"),
        *(
            "purpose",
            "reference",
            "answer",
            "error",
            "grant_type",
            "roles",
            "role",
            "binding",
            "means",
            "way",
            "carrier",
        ),
    )
)
"""Fields whose values are words of the provider's vocabulary; a scope or a page stays as it is."""
TELLING: Final = (
    *("level", "methods", "method", "way", "binding", "reason", "rule", "error", "detail", "outcome"),
    *("status", "result", "answer", "change", "kind", "scopes", "roles", "role", "page", "seconds", "rows"),
)
"""What stands beside the sentence in a list, in this order."""
MOST_TOLD: Final = 4


def sentence(name: str) -> str:
    found = SENTENCES.get(name)
    return name if found is None else _(found)


def label(field: str) -> str:
    found = LABELS.get(field)
    return field if found is None else _(found)


def in_words(field: str, value: object, of: str = "") -> str:
    """A value as a person reads it. `of`: the name of the event."""
    if isinstance(value, list | tuple):
        return _(", ").join(in_words(field, one, of) for one in value) or _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "level":
        return _("level %(level)s", level=value)
    if field == "rule" and of != "licence_refused":
        return rule_words.title_if_known(str(value)) or str(value)
    found = _codes(field, of).get(str(value))
    return str(value) if found is None else _(found)


def _codes(field: str, of: str) -> Mapping[str, str]:
    match field:
        case "page":
            return PAGES
        case "gates" | "unproved":
            return NAMES_OF_GATES
        case "reason" if of in REASONS_OF:
            return {**CODES, **REASONS_OF[of]}
        case "rule":
            return LICENCES
        case _:
            return {**(CODES if field in CODED else {}), **OF_FIELDS.get(field, {})}


def told(event: Recorded) -> Iterator[tuple[str, str]]:
    """Of its fields those that say how it went: what each is called, and its value in words."""
    there = [name for name in TELLING if event.fields.get(name) not in (None, [], "")]
    for name in there[:MOST_TOLD]:
        yield label(name), in_words(name, event.fields[name], event.name)


def went(event: Recorded) -> str:
    """`good`, `bad`, or `grave`: somebody should look at it. A class of the style sheet."""
    meaning = meaning_of(event.name)
    if meaning.severity >= Severity.MEDIUM:
        return "grave"
    return "bad" if meaning.outcome is Outcome.FAILURE else "good"


def went_words(how: str) -> str:
    return {"good": _("as it should"), "bad": _("refused"), "grave": _("worth a look")}[how]


def by_module(titles: Mapping[str, str], other: str) -> Iterator[tuple[str, list[str]]]:
    """Names of events by the title of the module of their sentences; below `other` where it has none."""
    named: dict[str, list[str]] = {title: [] for title in (*titles.values(), other)}
    tables = {"people": people.SENTENCES, "protocol": protocol.SENTENCES, "staff": staff.SENTENCES}
    for name in SENTENCES:
        module = next((module for module, table in tables.items() if name in table), "")
        named[titles.get(module, other)].append(name)
    yield from named.items()
