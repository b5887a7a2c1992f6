"""What the form of a search offers, and what was looked for in words."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from idp.audit.searching import Result
from idp.locales import gettext as _
from idp.locales import gettext_noop
from idp.security import words
from idp.security.rows import short
from idp.security.search.criteria import Criteria

GROUPS: Final = {
    "people": gettext_noop("People"),
    "protocol": gettext_noop("Clients, mandates, organisations"),
    "staff": gettext_noop("Staff, operation, the log"),
}
"""By the module of the sentences; all others are the desk's."""


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    words: str
    options: tuple[Option, ...]


def groups(chosen: Collection[str]) -> list[Group]:
    """Kinds of events, each group in the order of its words."""
    found: list[Group] = []
    for title, names in words.by_module(GROUPS, gettext_noop("Security desk")):
        options = [Option(name, words.sentence(name), name in chosen) for name in names]
        found.append(Group(_(title), tuple(sorted(options, key=lambda option: option.words))))
    return found


def results() -> dict[str, str]:
    return {
        Result.REFUSED.value: _("refused"),
        Result.SUCCEEDED.value: _("succeeded"),
        Result.NEUTRAL.value: _("neither"),
    }


def chosen(asked: Criteria) -> list[tuple[str, str]]:
    """What was looked for: the name of each criterion, and its value as people read it."""
    labels = {
        "person": _("Person"),
        "organisation": _("Organisation"),
        "client": _("Client"),
        "device": _("Device"),
        "session": _("Session"),
        "actor": _("Acted by"),
        "request": _("Request"),
        "interaction": _("Sign-in under way"),
        "address": _("Address"),
        "text": _("Text"),
        "result": _("Result"),
        "level": _("Level"),
        "from": _("From"),
        "to": _("To"),
    }
    found = [(labels[name], _value(asked, name)) for name in labels if name in asked.given]
    if asked.events:
        found.append((_("Kinds of events"), _(", ").join(words.sentence(name) for name in asked.events)))
    return found


def _value(asked: Criteria, name: str) -> str:
    value = asked.given[name]
    match name:
        case "result":
            return results()[value]
        case "level":
            return value if asked.exact_level else _("%(level)s or higher", level=value)
        case "person":
            return _("whose number was given") if asked.is_of_nobody else short(value)
        case "from" | "to":
            return value.replace("T", " ")
        case _:
            return short(value) if len(value) > 36 else value
