"""What the pages of alerts are given to show."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from flask import url_for
from sqlalchemy.orm import Session

from idp.cases import history
from idp.cases import reading as cases
from idp.cases.reading import Sought as SoughtCases
from idp.detection.models import Alert, AlertStatus
from idp.detection.reading import UNCLOSED, Cursor, Sought
from idp.locales import gettext as _
from idp.security import alert_links, rule_words, subjects
from idp.security.case_words import FACTS, KINDS, OUTCOMES, SEVERITIES, choices, words
from idp.security.officers import staff_numbers
from idp.staff import accounts
from idp.staff.sessions import StaffSignIn

CASES_OFFERED: Final = 50
ALL: Final = "all"
STATUSES: Final = {
    "": UNCLOSED,
    AlertStatus.OPEN.value: (AlertStatus.OPEN.value,),
    AlertStatus.ACKNOWLEDGED.value: (AlertStatus.ACKNOWLEDGED.value,),
    AlertStatus.CLOSED.value: (AlertStatus.CLOSED.value,),
    ALL: (),
}
"""As the address says it, and as it is looked for."""
RELATED: Final = {
    "session": "session",
    "client": "client",
    "device": "device",
    "address": "address",
    "said_by_session": "session",
}
"""Facts of a report that are ids of what has a page of its own."""
SAID: Final = frozenset({"sign_in", "was_here", "has_ended"})
"""Facts of a report that are said in words."""


def rows(session: Session, found: Sequence[Alert]) -> list[dict[str, Any]]:
    """For a list."""
    known = staff_numbers(session, [one.subject for one in found if one.subject_kind == "staff"])
    numbers = cases.numbers(session, [one.case_id for one in found if one.case_id])
    return [
        alert_links.shown(one)
        | {
            "about": subjects.shown(one.subject_kind, one.subject, known, one.case_id),
            "case_number": numbers.get(one.case_id or ""),
        }
        for one in found
    ]


def whole(session: Session, alert: Alert, staff: StaffSignIn, *, may_act: bool) -> dict[str, Any]:
    """For the page of an alert; its events come from the log, apart."""
    (row,) = rows(session, [alert])
    is_own = accounts.is_about(session, staff.staff_id, alert.subject_kind, alert.subject) or (
        history.is_about(session, alert.case_id, staff.staff_id)
    )
    case_number = row["case_number"]
    in_case = None
    if case_number is not None:
        url = url_for("security.case", case_id=alert.case_id, case=None)
        in_case = {"number": case_number, "url": url}
    rule = rule_words.rules().get(alert.rule)
    is_living = alert.case_id is not None and cases.living_number(session, alert.case_id) is not None
    return {
        "alert": row,
        "about": row["about"],
        "words": rule_words.words_of(alert.rule),
        "rule_url": None if rule is None else url_for("security.rule", name=alert.rule),
        "facts": _facts(alert),
        "related": _related(alert),
        "said": _said(alert) if alert.rule == rule_words.REPORTED else [],
        "case": in_case,
        "may_act": may_act and not is_own,
        "is_own": is_own,
        "is_over": alert.status == AlertStatus.CLOSED,
        "may_add": not is_living,
        "cases": _offered(session, staff) if may_act and not is_living else [],
        "new_case_url": url_for("security.new_case", alert=alert.id),
        "act_url": url_for("security.alert_deed", alert_id=alert.id),
        "same_url": url_for(
            "security.alerts", status=ALL, subject_kind=alert.subject_kind, subject=alert.subject
        ),
        "outcomes": choices(OUTCOMES),
    }


def filters(sought: Sought, status: str) -> list[list[dict[str, Any]]]:
    """Rows of links, of which one each is the present choice."""
    statuses = (
        ("", _("Not closed")),
        *((code, words(alert_links.STATUSES, code)) for code in STATUSES if code not in {"", ALL}),
        (ALL, _("All")),
    )
    severities = ((None, _("Any severity")), *choices(SEVERITIES))
    return [
        [{"words": text, "url": address(sought, code), "current": code == status} for code, text in statuses],
        [
            {
                "words": text,
                "url": address(sought, status, severity=code),
                "current": code == sought.severity,
            }
            for code, text in severities
        ],
    ]


def narrowed(sought: Sought) -> list[str]:
    """What else the list is cut down to, in words."""
    rule = [] if sought.rule is None else [rule_words.title(sought.rule)]
    return rule + ([] if sought.subject is None else [sought.subject[1]])


def by_rule(sought: Sought, status: str) -> list[dict[str, Any]]:
    """Links to the alerts of one rule each, in the order of their titles."""
    names = [*rule_words.rules(), rule_words.REPORTED]
    found = [
        {
            "words": rule_words.title(name),
            "url": address(sought, status, rule=name),
            "current": name == sought.rule,
        }
        for name in names
    ]
    return sorted(found, key=lambda one: str(one["words"]))


def address(sought: Sought, status: str, **changed: str | None) -> str:
    """Of the list with these choices."""
    values: dict[str, str | None] = {
        "status": status,
        "severity": sought.severity,
        "rule": sought.rule,
        **changed,
    }
    if sought.subject is not None:
        values["subject_kind"], values["subject"] = sought.subject
    given: dict[str, Any] = {name: value for name, value in values.items() if value}
    return url_for("security.alerts", **given)


def written(cursor: Cursor) -> str:
    """As an address has it."""
    at, alert_id = cursor
    return f"{at.isoformat()}~{alert_id}"


def cursor(text: str) -> Cursor | None:
    """Of an address; None for what is none."""
    at, separator, alert_id = text.partition("~")
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (found, alert_id) if separator and found.tzinfo is not None else None


def _facts(alert: Alert) -> list[tuple[str, str]]:
    hidden = {*RELATED, *SAID} if alert.rule == rule_words.REPORTED else set()
    return [
        (_fact(alert.rule, name), f"{value:g}" if isinstance(value, float) else str(value))
        for name, value in sorted(alert.facts.items())
        if name not in hidden
    ]


def _fact(rule: str, name: str) -> str:
    """What a fact is called; of different ones, of what."""
    found = rule_words.rules().get(rule)
    value = None if found is None or name != "values" else getattr(found.parameters, "value", None)
    if value is None:
        return words(FACTS, name)
    return _("Different at one time: %(what)s", what=rule_words.different(str(value)))


def _related(alert: Alert) -> list[dict[str, Any]]:
    """Of a report: where it was, and who says it."""
    if alert.rule != rule_words.REPORTED:
        return []
    found = []
    for name, kind in RELATED.items():
        if (value := alert.facts.get(name)) is not None:
            one = subjects.shown(kind, str(value), {}, alert.case_id)
            found.append(
                one | ({"kind_words": _("Said in the session")} if name == "said_by_session" else {})
            )
    return found


def _said(alert: Alert) -> list[str]:
    """Of a report: what has come of it already, and whether it may be somebody else who speaks."""
    ended = _("The session was ended at once, with everything that began in it.")
    gone = _("There was no session of it any more: nothing had to be ended.")
    lines = [ended if alert.facts.get("has_ended") else gone]
    if alert.facts.get("was_here"):
        lines.append(
            _(
                "It was said in that very session. Either the person pressed the wrong line, or somebody else"
                " speaks who has stolen it: do not take a word from there for the owner's."
            )
        )
    return lines


def _offered(session: Session, staff: StaffSignIn) -> list[tuple[str, str]]:
    """Cases that an alert could go into: of all officers, the newest."""
    found = cases.listed(session, SoughtCases(), staff.staff_id, None, CASES_OFFERED)
    return [(case.id, f"{case.number} · {words(KINDS, case.kind)}") for case in found]
