"""Pages of alerts, cases and rules, with contexts such as their views give."""

from datetime import UTC, datetime
from typing import Any

from tests.contracts.sample_staff_pages import LONG_NAME, STAFF

AT = datetime(2026, 11, 22, 3, 4, tzinfo=UTC)
ID = "0192f0c1-2345-7abc-8def-0123456789ab"
DESK = STAFF | {"sections": [{"url": "/security/cases", "words": "Cases", "current": True}], "work": None}
AT_WORK = {"work": {"case_id": ID, "number": "2026-14"}}
SEVERITY = {"severity": "high", "severity_words": "high"}
FILTERS = [
    [{"words": LONG_NAME, "url": "/a", "current": True}, {"words": "b", "url": "/b", "current": False}]
]
OUTCOMES = [("false_alarm", "False alarm"), ("harmless", "Harmless")]
ABOUT = {"kind_words": "Person", "subject": ID, "words": "…456789ab", "url": "/p", "measure_url": "/m"}
CHOICES = {
    "kinds": [("other", "Something else")],
    "severities": [("high", "high")],
    "outcomes": OUTCOMES,
    "subject_kinds": [("person", "Person")],
}
CASE = SEVERITY | {
    "number": "2026-14",
    "url": f"/security/cases/{ID}",
    "kind_words": "Attack on accounts",
    "status": "open",
    "status_words": "in work",
    "assigned": "S-1",
    "assigned_to": ID,
    "opened_at": AT,
    "opened_by": "S-1",
    "closed_at": None,
    "outcome_words": None,
    "seen": 9,
    "is_mine": True,
    "subjects": [ABOUT],
}
OVER = CASE | {"status": "closed", "closed_at": AT, "outcome_words": "Harmless", "assigned": None}
ALERT = SEVERITY | {
    "id": ID,
    "url": "/a",
    "title": LONG_NAME,
    "rule": "credential-stuffing",
    "status": "open",
    "status_words": "new",
    "outcome_words": None,
    "opened_at": AT,
    "first_at": AT,
    "last_at": AT,
    "count": 31,
    "about": ABOUT,
    "case_number": "2026-14",
}
EVENT = {
    "day": "2026-11-22",
    "time": "11:04:00.000",
    "url": "/e",
    "sentence": "A sign-in was refused.",
    "told": [("reason", "not right")],
    "person": {"url": "/p", "whole": ID, "words": "…456789ab"},
    "client": None,
    "address": None,
    "device": None,
    "session": None,
}
ONE_CASE = CHOICES | {
    "case": CASE,
    "subjects": [ABOUT, ABOUT | {"url": None, "measure_url": None}],
    "case_alerts": [ALERT],
    "case_measures": [
        {"url": "/m", "words": "Freeze", "subject": ID, "at": AT, "by": "S-1", "state": "In force"}
    ],
    "lines": [
        {"at": AT, "by": "S-1", "words": "wrote a note", "text": LONG_NAME * 9, "url": None},
        {"at": AT, "by": "S-1", "words": "added an alert", "text": None, "url": "/a"},
    ],
    "may_act": True,
    "is_own": False,
    "is_over": False,
    "officers": [(ID, "S-1")],
    "act_url": "/act",
    "traces_url": "/traces",
    "longest_note": 4000,
    "values": {},
}
ONE_ALERT = {
    "alert": ALERT,
    "about": ABOUT,
    "related": [ABOUT],
    "said": [LONG_NAME, LONG_NAME],
    "words": {"title": "a", "why": LONG_NAME, "false_positives": LONG_NAME, "advice": LONG_NAME},
    "rule_url": "/r",
    "facts": [("How many different ones", "30")],
    "events": [EVENT],
    "events_gone": 1,
    "events_more": 10,
    "case": None,
    "may_act": True,
    "is_own": False,
    "is_over": False,
    "may_add": True,
    "cases": [(ID, "2026-14")],
    "new_case_url": "/n",
    "act_url": "/act",
    "same_url": "/s",
    "outcomes": OUTCOMES,
}
RULE = SEVERITY | {
    "name": "credential-stuffing",
    "url": "/r",
    "title": LONG_NAME,
    "looks_for": "25 within 10 minutes",
    "is_slow_too": True,
    "is_off": False,
    "state_words": "on",
    "raised": 12,
    "closed": 8,
    "false_share": "25%",
    "alerts_url": "/a",
}
FINDING = {"about": ABOUT, "first_at": AT, "last_at": AT, "count": 30, "event_url": "/e"}
TRIED = {
    "findings": [FINDING],
    "found": 2,
    "subjects": 1,
    "events": 3000,
    "reached": AT,
    "off_words": "off",
    "threshold": "5",
    "days": 7,
}
ONE_RULE = {
    "rule": RULE,
    "words": ONE_ALERT["words"],
    "facts": [("Rule", "credential-stuffing")],
    "events": [
        {"name": "sign_in_refused", "sentence": "Sign-in refused", "holds": "reason = wrong"},
        {"name": "signed_in", "sentence": "Signed in", "holds": ""},
    ],
    "outcomes": [("False alarm", 2)],
    "days": 30,
    "try_url": "/t",
    "spans": [("7", "the last 7 days")],
    "values": {"days": "7", "threshold": 25},
    "tried": None,
}
LIST = {"filters": FILTERS, "by_rule": FILTERS[0], "may_act": True, "next_url": "/next"}

SECURITY_CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "security, cases": (
        "security/cases/cases.html",
        DESK | LIST | {"cases": [CASE, OVER], "subject": ("person", ID), "new_url": "/n"} | AT_WORK,
    ),
    "security, no cases": (
        "security/cases/cases.html",
        DESK | LIST | {"cases": [], "subject": None, "may_act": False, "next_url": None},
    ),
    "security, case": ("security/cases/case.html", DESK | ONE_CASE | {"notice": "Done."}),
    "security, case, moved": (
        "security/cases/case.html",
        DESK
        | ONE_CASE
        | {"case": CASE | {"status": "waiting", "is_mine": False, "assigned": None}, "error": "Moved."}
        | {"values": {"deed": "close", "text": LONG_NAME, "outcome": "harmless"}},
    ),
    "security, case, over": ("security/cases/case.html", DESK | ONE_CASE | {"case": OVER, "is_over": True}),
    "security, case, own": (
        "security/cases/case.html",
        DESK
        | ONE_CASE
        | {
            "may_act": False,
            "is_own": True,
            "subjects": [],
            "case_alerts": [],
            "case_measures": [],
            "lines": [],
        },
    ),
    "security, case, new": (
        "security/cases/case_new.html",
        DESK
        | CHOICES
        | {"values": {"alert": ID, "kind": "other", "severity": "high", "subject": ID, "text": "a"}}
        | {"action": "/security/cases/new", "cancel_url": "/security/cases", "alert_title": LONG_NAME},
    ),
    "security, case, new, wrong": (
        "security/cases/case_new.html",
        DESK
        | CHOICES
        | {"values": {"subject_kind": "person"}, "alert_title": None, "error": "No."}
        | {"action": "/security/cases/new", "cancel_url": "/security/cases"},
    ),
    "security, alerts": (
        "security/alerts/alerts.html",
        DESK
        | LIST
        | {"alert_rows": [ALERT, ALERT | {"outcome_words": "Harmless", "about": ABOUT | {"url": None}}]}
        | {"narrowed": ["credential-stuffing"], "all_url": "/a", "act_url": "/act", "outcomes": OUTCOMES},
    ),
    "security, alerts, for reading": (
        "security/alerts/alerts.html",
        DESK | LIST | {"alert_rows": [ALERT], "narrowed": [], "all_url": "/a", "may_act": False},
    ),
    "security, no alerts": (
        "security/alerts/alerts.html",
        DESK | LIST | {"alert_rows": [], "narrowed": [], "all_url": "/a", "next_url": None},
    ),
    "security, alert": ("security/alerts/alert.html", DESK | ONE_ALERT),
    "security, alert, over": (
        "security/alerts/alert.html",
        DESK
        | ONE_ALERT
        | {"alert": ALERT | {"status": "closed", "outcome_words": "Harmless"}, "is_over": True}
        | {"case": {"number": "2026-14", "url": "/c"}, "may_add": False, "error": "Done already."},
    ),
    "security, alert, own": (
        "security/alerts/alert.html",
        DESK
        | ONE_ALERT
        | {"may_act": False, "is_own": True, "events": [], "facts": [], "related": [], "rule_url": None}
        | {"words": {"title": "a", "why": "", "false_positives": "", "advice": ""}},
    ),
    "security, rules": (
        "security/rules/rules.html",
        DESK
        | {"rules": [RULE, RULE | {"name": "b", "is_off": True, "raised": 0, "false_share": None}]}
        | {"days": 30},
    ),
    "security, no rules": ("security/rules/rules.html", DESK | {"rules": [], "days": 30}),
    "security, rule": ("security/rules/rule.html", DESK | ONE_RULE),
    "security, rule, tried": ("security/rules/rule.html", DESK | ONE_RULE | {"tried": TRIED}),
    "security, rule, nothing": (
        "security/rules/rule.html",
        DESK
        | ONE_RULE
        | {"tried": TRIED | {"findings": [], "found": 0, "reached": None, "off_words": None}}
        | {"outcomes": [], "rule": RULE | {"raised": 0}, "error": "A number."},
    ),
}
