"""Pages of measures, and of what happened at an account, with contexts such as their views give."""

from typing import Any

from tests.contracts.sample_security_cases import ABOUT, AT, DESK, FILTERS, ID
from tests.contracts.sample_staff_pages import LONG_NAME

ROW: dict[str, Any] = {
    "url": f"/security/measures/{ID}",
    "words": "Freeze a client",
    "subject": "a-client-with-a-very-long-identifier-that-wraps-somewhere-else",
    "subject_words": "Client",
    "reason": "A client does what it may not",
    "state": "In force",
    "is_in_force": True,
    "by": "S-1",
    "at": AT,
    "until": AT,
}
FORM = {
    "subject_words": "Client",
    "subject": "hall",
    "again_url": "/security/measures/new",
    "before": [ROW],
    "ways": [{"words": "Freeze a client", "what": LONG_NAME, "url": "/way"}],
}
NEW = FORM | {
    "action": "/security/measures/new",
    "form_id": ID,
    "kind": "block",
    "subject_kind": "address",
    "person_id": ID,
    "deed": "Block a range of addresses",
    "what": "Nobody begins a sign-in from there.",
    "button": "Block",
    "figures": [("Sessions that end", "214"), ("People", "190"), ("Clients that are told", "3")],
    "reasons": [("attack", "An attack is going on")],
    "reason": "",
    "hours": [1, 24, 168],
    "chosen_hours": 24,
    "note": "",
    "note_at_most": 2000,
    "needs_two": True,
    "case_id": ID,
}
ONE: dict[str, Any] = ROW | {
    "what": "Everything that the client asks is refused.",
    "about": ABOUT,
    "person_id": ID,
    "note": "打电话来的人说不是本人操作。",
    "case_url": f"/security/cases/{ID}",
    "asked_at": AT,
    "taken_at": AT,
    "agreed_by": "S-2",
    "is_working": True,
    "ends_something": True,
    "finished_at": AT,
    "sessions_ended": 214,
    "grants_ended": 12,
    "deliveries": [{"client_id": "hall", "made": 214, "delivered": 200, "waiting": 13, "failed": 1}],
    "undone_at": AT,
    "undone_by": "S-1",
    "undone_reason": "It is settled",
    "undo_url": f"/security/measures/{ID}/undo",
    "reasons_back": [("settled", "It is settled")],
    "decide_url": f"/security/measures/{ID}/decide",
    "may_agree": True,
    "why_not": None,
    "has_no_way_back": True,
}
WAITING = ONE | {"taken_at": None, "may_agree": False, "why_not": "Another officer has to agree.", "note": ""}
SEEN: dict[str, Any] = {
    "id": ID,
    "at": AT,
    "words": "Signed in",
    "methods": ["with the password"],
    "portal": LONG_NAME,
    "device": "another browser, 7K3Q",
    "is_here": False,
    "network": "203.0.113.*",
    "clerk": "C-1042",
    "is_bad": False,
    "is_disowned": False,
    "url": f"/account/activity/{ID}",
}
ACTIVITY = {"password_url": "/account/password", "account_url": "/account", "next_url": "/older"}
DISOWN = {
    "item": SEEN,
    "is_this_one": True,
    "action": "/account/activity/1",
    "password_url": "/account/password",
    "everywhere_url": "/account/activity/end-all",
    "activity_url": "/account/activity",
}
ENDING = {"action": "/account/activity/end-all", "activity_url": "/account/activity"}

SECURITY_MEASURES: dict[str, tuple[str, dict[str, Any]]] = {
    "measures": (
        "security/measures/measures.html",
        DESK | {"measures": [ROW], "filters": FILTERS, "new_url": "/new", "next_url": "/older"},
    ),
    "measures, none": (
        "security/measures/measures.html",
        DESK | {"measures": [], "filters": FILTERS, "new_url": None, "next_url": None},
    ),
    "measure, to whom": (
        "security/measures/measure_whom.html",
        DESK | {"action": "/new", "subject_kinds": [("person", "Person")], "chosen": ""},
    ),
    "measure, which": ("security/measures/measure_ways.html", DESK | FORM),
    "measure, unknown": (
        "security/measures/measure_ways.html",
        DESK | FORM | {"ways": [], "before": [], "error": "There is nobody and nothing with this id."},
    ),
    "measure, new": ("security/measures/measure_new.html", DESK | NEW),
    "measure, new, refused": (
        "security/measures/measure_new.html",
        DESK | NEW | {"hours": [], "figures": [], "needs_two": False, "error": "Choose a reason."},
    ),
    "measure": ("security/measures/measure.html", DESK | {"measure": ONE}),
    "measure, waiting": ("security/measures/measure.html", DESK | {"measure": WAITING}),
    "activity": (
        "account/activity.html",
        ACTIVITY | {"items": [SEEN, SEEN | {"is_disowned": True}, SEEN | {"url": None}]},
    ),
    "activity, none": ("account/activity.html", ACTIVITY | {"items": [], "next_url": None}),
    "activity, not me": ("account/activity_one.html", DISOWN | {"is_disowned": False}),
    "activity, reported": ("account/activity_one.html", DISOWN | {"is_disowned": True}),
    "activity, end all": ("account/activity_end.html", ENDING | {"asks_password": True}),
}
