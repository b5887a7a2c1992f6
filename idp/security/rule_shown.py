"""What the pages of rules are given to show."""

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
from idp.security.case_words import OUTCOMES, SEVERITIES, words
from idp.security.officers import staff_numbers
from idp.security.trials import Trial

DAYS: Final = 30
"""For so long back a rule's alerts are counted."""
NOT_WORTH_IT: Final = (Outcome.FALSE_ALARM.value, Outcome.HARMLESS.value)
MINUTE, HOUR, DAY = 60, 3600, 86400
SPANS: Final = ("1", "7", "30", "90")
"""Days back."""
HIGHEST: Final = 1000
"""Threshold, as of a rule's file."""


def since(now: datetime) -> datetime:
    return now - timedelta(days=DAYS)


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
        "looks_for": looks_for(rule.threshold, rule.window_seconds),
        "is_off": off is not None,
        "state_words": _state(off),
        "raised": done.raised,
        "closed": done.closed,
        "false_share": None if share is None else f"{share:.0%}",
        "alerts_url": url_for("security.alerts", rule=rule.name, status="all"),
    }


def whole(rule: Rule, done: Done) -> dict[str, Any]:
    """For the rule's own page."""
    names = list(dict.fromkeys(sought.name for sought in rule.events))
    return {
        "rule": row(rule, done),
        "words": rule_words.words_of(rule.name),
        "days": DAYS,
        "outcomes": [(words(OUTCOMES, outcome), count) for outcome, count in done.outcomes],
        "facts": [
            (_("Name"), rule.name),
            (_("Kind"), rule.kind),
            (_("Events"), ", ".join(names)),
            (_("Counted by"), rule.key),
            (_("Threshold"), str(rule.threshold)),
            (_("Window"), lasting(rule.window_seconds)),
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


def looks_for(threshold: int, window_seconds: int) -> str:
    return ngettext(
        "%(num)s within %(window)s", "%(num)s within %(window)s", threshold, window=lasting(window_seconds)
    )


def lasting(seconds: int) -> str:
    """In the largest unit that says it whole."""
    if seconds and seconds % DAY == 0:
        return ngettext("%(num)s day", "%(num)s days", seconds // DAY)
    if seconds and seconds % HOUR == 0:
        return ngettext("%(num)s hour", "%(num)s hours", seconds // HOUR)
    if seconds and seconds % MINUTE == 0:
        return ngettext("%(num)s minute", "%(num)s minutes", seconds // MINUTE)
    return ngettext("%(num)s second", "%(num)s seconds", seconds)


def _state(off: str | None) -> str:
    if off is None:
        return _("on")
    return _("off: nobody has said where addresses are") if off == "places" else _("off")
