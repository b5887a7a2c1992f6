"""The pages of the desk that show figures and whether the log is whole."""

from datetime import UTC, datetime
from typing import Any

from idp.audit.tree.status import KeyState
from idp.security.figures import Bar, Figure
from idp.security.integrity.words import Summary
from tests.contracts.sample_security_cases import ABOUT
from tests.contracts.sample_security_cases import ALERT as A_CASE_ALERT
from tests.contracts.sample_staff_pages import LONG_NAME, STAFF

AT = datetime(2026, 11, 22, 3, 4, tzinfo=UTC)
DESK: dict[str, Any] = STAFF | {
    "sections": [{"url": "/security", "words": "Overview", "current": True}],
    "work": {"case_id": "1", "number": "2026-7"},
}
NO_DESK: dict[str, Any] = DESK | {"work": None}
ROWS = [
    {"at": 1700000000 + 3600 * hour, "words": f"{hour:02}:00", "counts": [hour, 1, 0, 2]} for hour in range(3)
]
COLUMNS = [
    {"words": "Sign-ins", "colour": 1},
    {"words": "Failed", "colour": 2},
    {"words": "Sign-ins then", "colour": 1, "then": True},
    {"words": "Failed then", "colour": 2, "then": True},
]
CHART = {"columns": COLUMNS, "rows": ROWS}
BARS = [Bar("Password: not right", "12", "40 %", 40, "20% more than then")]
TABLES = ("failures", "gates", "factors", "enrolled", "not_enrolled", "staff")
FIRST = A_CASE_ALERT | {"about": ABOUT}
CLIENT = {"client_id": "hall", "name": LONG_NAME, "url": "/security/clients/hall"}
COUNTED = {"sign_ins": "1,200", "failures": "3", "share": "0 %", "tokens": "1,180"}
OVERVIEW: dict[str, Any] = {
    "ranges": [
        {"id": "24h", "words": "24 hours", "url": "/security?range=24h", "current": True},
        {"id": "7d", "words": "7 days", "url": "/security?range=7d", "current": False},
    ],
    "range_name": "24 hours",
    "compared": "Changes compare the whole hours.",
    "charts": {"sign_ins": CHART, "faces": CHART, "levels": CHART},
    "cases": "2",
}
INTEGRITY: dict[str, Any] = {
    "late_after": "10 minutes",
    "size": "12,000",
    "waiting": "nothing waits",
    "run_url": "/security/integrity/run",
    "verify_url": "/security/integrity/verify",
}
RUN = {
    "asked_at": AT,
    "asked_by": "S-1",
    "result": "whole",
    "how": "good",
    "rows": "12,000",
    "dropped": "7",
    "anchored": "11,990",
    "took": "3 seconds",
    "event_url": None,
}
WAITING = dict.fromkeys(RUN) | {
    "asked_at": AT,
    "asked_by": "the clock",
    "result": "being looked at",
    "how": "",
}
SINK = {
    "name": "siem",
    "given_at": AT,
    "behind": "0",
    "lag": "nothing waits",
    "is_failing": False,
    "failure": None,
}
ANCHOR = {"words": "folder", "size": "12,000", "at": AT, "state": "has all heads", "is_late": False}

SECURITY_FIGURES: dict[str, tuple[str, dict[str, Any]]] = {
    "desk, overview": (
        "security/overview/overview.html",
        DESK
        | OVERVIEW
        | {
            "counted_to": AT,
            "figures": [
                Figure("sign-ins", "Sign-ins", "1,200", "3% more"),
                Figure("bad", "Bad", "9", "x", True),
            ],
            "tables": dict.fromkeys(TABLES, BARS),
            "clients": [CLIENT | COUNTED, {"client_id": None, "name": "all others", "url": None} | COUNTED],
            "open_alerts": [{"severity": "critical", "words": "critical", "count": "2", "url": "/c"}],
            "first_alerts": [FIRST, FIRST | {"severity": "critical"}],
            "may_open": True,
            "integrity": Summary("bad", "Folding is late by 2 hours"),
        },
    ),
    "desk, empty overview": (
        "security/overview/overview.html",
        NO_DESK
        | OVERVIEW
        | {"counted_to": None, "figures": [], "tables": {name: [] for name in TABLES}, "clients": []}
        | {"open_alerts": [], "may_open": False, "integrity": Summary("unknown", "Nothing yet")},
    ),
    "desk, integrity": (
        "security/integrity/integrity.html",
        DESK
        | INTEGRITY
        | {
            "summary": Summary("bad", "Row 7 is gone."),
            "late": [{"words": "Folding", "length": "2 hours"}],
            "head_size": "11,990",
            "head_at": AT,
            "head_ago": "1 minute",
            "head_kid": "x" * 43,
            "anchors": [ANCHOR, ANCHOR | {"is_late": True, "at": None}],
            "keys": [KeyState("x" * 43, AT, signs=True), KeyState("y" * 43, AT, signs=False)],
            "kept": {"from": "120", "dropped": True, "oldest_at": AT, "days": 365, "face_days": 1095},
            "readers": [{"words": "Counts", "at": AT, "lag": "3 seconds"}],
            "sinks": [SINK, SINK | {"given_at": None, "is_failing": True, "failure": "it answered 503"}],
            "runs": [RUN, RUN | {"how": "bad", "event_url": "/security/events/1"}, WAITING],
            "running": None,
            "may_verify": True,
            "daily_at": "03:00",
        },
    ),
    "desk, integrity, being verified": (
        "security/integrity/integrity.html",
        NO_DESK
        | INTEGRITY
        | {
            "summary": Summary("unknown", "On time; not verified yet."),
            "late": [],
            "head_size": "0",
            "head_at": None,
            "anchors": [ANCHOR],
            "keys": [],
            "kept": {"from": "0", "dropped": False, "oldest_at": None, "days": 365, "face_days": 1095},
            "readers": [],
            "runs": [WAITING],
            "running": {"looked": 50, "size": 100},
            "may_verify": True,
            "daily_at": "",
        },
    ),
    "desk, integrity, never verified": (
        "security/integrity/integrity.html",
        NO_DESK
        | INTEGRITY
        | {
            "summary": Summary("good", "On time"),
            "late": [],
            "head_size": "0",
            "head_at": None,
            "anchors": [],
            "keys": [],
            "kept": {"from": "0", "dropped": False, "oldest_at": None, "days": 365, "face_days": 1095},
            "readers": [],
            "runs": [],
            "running": None,
            "may_verify": False,
            "daily_at": "",
        },
    ),
}
