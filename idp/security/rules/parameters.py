"""What a rule's file says, in words: its kind, by what it counts, its limits, and what it looks at."""

from collections.abc import Iterator, Mapping
from typing import Final

from idp.detection.rules import Rule, Sought
from idp.locales import gettext as _
from idp.locales import gettext_noop, ngettext
from idp.security import rule_words
from idp.security import words as event_words

MINUTE, HOUR, DAY = 60, 3600, 86400
KINDS: Final[Mapping[str, str]] = {
    "count": gettext_noop("counts events"),
    "distinct": gettext_noop("counts what is different"),
    "sequence": gettext_noop("one thing after another"),
    "travel": gettext_noop("two places too far apart"),
    "repeated": gettext_noop("the same again"),
    "relay": gettext_noop("asked here, approved there"),
}
NETWORK: Final = gettext_noop("Network of the address")
PARAMETERS: Final[Mapping[str, str]] = {
    "value": gettext_noop("What has to be different"),
    "share": gettext_noop("Share that it must be, at least"),
    "tries_each": gettext_noop("Tries of each, at most"),
    "slow_seconds": gettext_noop("Goes on for, at least"),
    "scores": gettext_noop("What is compared"),
    "least_telling": gettext_noop("Numbers that agree, at least"),
    "least_kilometres": gettext_noop("Kilometres apart, at least"),
    "within_seconds": gettext_noop("Within"),
    "settled_seconds": gettext_noop("A browser is known after"),
    "joined_by": gettext_noop("What belongs together"),
}
FIELDS: Final = frozenset({"value", "scores", "joined_by"})
"""Parameters that name a field of events."""
ROLES: Final[Mapping[str, str]] = {
    "counts": gettext_noop("counts"),
    "against": gettext_noop("speaks against it"),
    "excuses": gettext_noop("excuses it"),
    "then": gettext_noop("has to follow"),
    "asked": gettext_noop("where it was asked"),
    "approved": gettext_noop("where it was approved"),
}


def said(table: Mapping[str, str], code: str) -> str:
    """What nobody has put into words is shown as it is."""
    found = table.get(code)
    return code if found is None else _(found)


def counted_by(rule: Rule) -> str:
    return _(NETWORK) if rule.key == "network" else event_words.label(rule.key)


def parameters(rule: Rule) -> Iterator[tuple[str, str]]:
    """Names and values of those that are set."""
    for name, value in rule.parameters:
        if value is not None:
            yield said(PARAMETERS, name), _value(name, value)


def conditions(sought: Sought) -> Iterator[str]:
    """What has to hold of an event."""
    if sought.role:
        yield said(ROLES, sought.role)
    for name, values in sought.where.items():
        yield _("%(field)s: %(values)s", field=event_words.label(name), values=_each(sought, name, values))
    for name, values in sought.where_not.items():
        yield _(
            "%(field)s not: %(values)s", field=event_words.label(name), values=_each(sought, name, values)
        )
    yield from (_("with %(field)s", field=event_words.label(name)) for name in sought.present)
    yield from (_("without %(field)s", field=event_words.label(name)) for name in sought.absent)


def lasting(seconds: int) -> str:
    """In the largest unit that says it whole."""
    if seconds and seconds % DAY == 0:
        return ngettext("%(num)s day", "%(num)s days", seconds // DAY)
    if seconds and seconds % HOUR == 0:
        return ngettext("%(num)s hour", "%(num)s hours", seconds // HOUR)
    if seconds and seconds % MINUTE == 0:
        return ngettext("%(num)s minute", "%(num)s minutes", seconds // MINUTE)
    return ngettext("%(num)s second", "%(num)s seconds", seconds)


def _value(name: str, value: object) -> str:
    if name in FIELDS:
        return rule_words.different(str(value))
    if name.endswith("_seconds") and isinstance(value, int):
        return lasting(value)
    return f"{value:.0%}" if isinstance(value, float) else str(value)


def _each(sought: Sought, field: str, values: object) -> str:
    several = values if isinstance(values, list | tuple) else (values,)
    return _(", ").join(event_words.in_words(field, one, sought.name) for one in several)
