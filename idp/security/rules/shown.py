"""What the pages of rules are given to show."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from flask import url_for
from sqlalchemy.orm import Session

from idp.cases.words import Outcome
from idp.detection.reading import Done
from idp.detection.rules import Rule
from idp.locales import current_locale, ngettext
from idp.locales import gettext as _
from idp.security import rule_words, subjects
from idp.security import words as event_words
from idp.security.case_words import OUTCOMES, SEVERITIES, words
from idp.security.officers import staff_numbers
from idp.security.rules import parameters
from idp.security.rules.parameters import lasting
from idp.security.rules.trials import Trial

DAYS: Final = 30
"""For so long back a rule's alerts are counted."""
NOT_WORTH_IT: Final = (Outcome.FALSE_ALARM.value, Outcome.HARMLESS.value)
SPANS: Final = ("1", "7", "30", "90")
"""Days back."""
HIGHEST: Final = 1000
"""Threshold, as of a rule's file."""


def since(now: datetime) -> datetime:
    return now - timedelta(days=DAYS)


def gravest_first(found: Iterable[Rule]) -> list[Rule]:
    """And those alike by their titles."""
    grave, tag = [str(one) for one in SEVERITIES], current_locale()
    return sorted(found, key=lambda rule: (grave.index(rule.severity.value), rule.title[tag]))


def row(rule: Rule, done: Done) -> dict[str, Any]:
    """Of a list, and the head of the rule's own page."""
    off = rule_words.off(rule.name)
    share = done.share(*NOT_WORTH_IT)
    return {
        "name": rule.name,
        "url": url_for("security.rule", name=rule.name),
        "title": rule.title[current_locale()],
        "severity": rule.severity.value,
        "severity_words": words(SEVERITIES, rule.severity.value),
        "looks_for": looks_for(rule),
        "is_slow_too": rule.slower is not None,
        "is_off": off is not None,
        "state_words": _state(off),
        "raised": done.raised,
        "closed": done.closed,
        "false_share": None if share is None else f"{share:.0%}",
        "alerts_url": url_for("security.alerts", rule=rule.name, status="all"),
    }


def whole(rule: Rule, done: Done) -> dict[str, Any]:
    """For the rule's own page."""
    return {
        "rule": row(rule, done),
        "words": rule_words.words_of(rule.name),
        "days": DAYS,
        "outcomes": [(words(OUTCOMES, outcome), count) for outcome, count in done.outcomes],
        "events": _events(rule),
        "facts": [
            (_("Rule"), rule.name),
            (_("Kind"), parameters.said(parameters.KINDS, rule.kind)),
            (_("Counted by"), parameters.counted_by(rule)),
            (_("Threshold"), str(rule.threshold)),
            (_("Window"), lasting(rule.window_seconds)),
            *_slower(rule),
            *parameters.parameters(rule),
            (_("Once an alert is closed, quiet for"), lasting(rule.cool_down_seconds)),
            *([(_("Known to others as"), ", ".join(rule.tags))] if rule.tags else []),
        ],
    }


def spans() -> list[tuple[str, str]]:
    """Over which a rule can be tried."""
    return [(days, ngettext("the last day", "the last %(num)s days", int(days))) for days in SPANS]


def tried(session: Session, found: Trial, values: dict[str, Any]) -> dict[str, Any]:
    """What came of a trial."""
    known = staff_numbers(session, [one.subject for one in found.findings if one.subject_kind == "staff"])
    return {
        "findings": [
            {
                "about": subjects.shown(one.subject_kind, one.subject, known),
                "first_at": one.first_at,
                "last_at": one.last_at,
                "count": one.count,
                "event_url": url_for("security.event_page", event_id=one.event_ids[-1])
                if one.event_ids
                else None,
            }
            for one in found.findings
        ],
        "found": found.found,
        "subjects": found.subjects,
        "events": found.events,
        "reached": found.reached,
        "off_words": None if found.off is None else _state(found.off),
        "threshold": values["threshold"],
        "days": int(values["days"]),
    }


def looks_for(rule: Rule) -> str:
    """When it fires, by its kind."""
    found, window = rule.threshold, lasting(rule.window_seconds)
    match rule.kind:
        case "distinct":
            what = rule_words.different(str(getattr(rule.parameters, "value", "")))
            said = _("%(count)s different: %(what)s", count=found, what=what)
        case "sequence":
            said = ngettext("%(num)s event, then another one", "%(num)s events, then another one", found)
        case "repeated":
            said = ngettext("the same scores once", "the same scores %(num)s times", found)
        case "relay":
            said = ngettext("approved elsewhere by one", "approved elsewhere by %(num)s people", found)
        case "travel":
            return _("faster than %(speed)s km/h", speed=found)
        case _:
            said = ngettext("%(num)s event", "%(num)s events", found)
    return _("%(what)s within %(window)s", what=said, window=window)


def _slower(rule: Rule) -> list[tuple[str, str]]:
    """For who takes their time."""
    return [(_("Or, slower"), looks_for(limit)) for limit in rule.limits[1:]]


def _events(rule: Rule) -> list[dict[str, str]]:
    """What it looks at, with what has to hold."""
    return [
        {
            "name": one.name,
            "sentence": event_words.sentence(one.name),
            "holds": " · ".join(parameters.conditions(one)),
        }
        for one in rule.events
    ]


def _state(off: str | None) -> str:
    if off is None:
        return _("on")
    return _("off: nobody has said where addresses are") if off == "places" else _("off")
