"""Pages of staff and of the service window, with contexts such as their views give."""

from datetime import UTC, datetime
from typing import Any

AT = datetime(2026, 11, 22, 3, 4, tzinfo=UTC)
LONG_NAME = "上海市浦东新区张江高科技园区政务服务大厅一网通办综合受理平台"
PORTAL = {"client_name": LONG_NAME, "cancel_url": "/cancel"}
PASSKEY = {"action": "/staff/passkeys", "options_url": "/staff/passkeys/options"}
WRONG = {"error": "That did not work.", "wait_seconds": 95}
STAFF = {
    "staff": {"staff_number": "C-1042", "office": LONG_NAME, "window": "3"},
    "role_words": ["Security officer", "Auditor", "Operator", "Clerk"],
}
KEY = "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"
CHANGE = {
    "url": "/staff/changes/1",
    "words": "Disable the account",
    "staff_number": "A-1",
    "roles_now": ["Auditor"],
    "roles_then": None,
    "asked_at": AT,
    "expires_at": AT,
    "may_agree": True,
    "why_not": None,
}
ACCOUNT = {
    "staff_number": "C-1042",
    "roles": ["Clerk"],
    "status": "active",
    "office": LONG_NAME,
    "window": "3",
    "reset_url": "/staff/accounts/1/reset",
    "disable_url": "/staff/accounts/1/disable",
    "may_change": True,
    "is_disabled": False,
}
DEVICE = {
    "state_url": "/state",
    "page_url": "/login/window",
    "code_url": "/login/window",
    "answer_url": "/answer",
    "face_url": "/face",
    "enrol_url": "/enrol",
    "other_ways_url": "/other",
    "staff_number": "C-1042",
    "office": LONG_NAME,
    "window": "3",
    "name_masked": "*三",
}
HELP = {
    "service": LONG_NAME,
    "organisation": "上海市大数据中心",
    "level": 3,
    "shown_at": AT,
    "place": "203.0.*.*",
    "name_masked": "*三",
    "action": "/window/help/1",
    "state_url": "/window/help/1/state",
    "give_up_url": "/window/help/1/give-up",
    "page_url": "/window/help/1",
    "next_url": "/window",
}

STAFF_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "staff, sign in": ("staff/login.html", {"action": "/staff/login", "passkey": PASSKEY}),
    "staff, sign in, wrong": (
        "staff/login.html",
        {"action": "/staff/login", "passkey": PASSKEY, "values": {"staff_number": "C-1"}} | WRONG,
    ),
    "staff, activate": ("staff/activate.html", {"action": "/staff/activate", "sign_in_url": "/staff"}),
    "staff, means": (
        "staff/means.html",
        {"action": "/m", "staff_number": "C-1", "qr": "data:,", "secret": KEY, "passkey": PASSKEY},
    ),
    "staff, means, wrong": (
        "staff/means.html",
        {"action": "/m", "staff_number": "C-1", "qr": "data:,", "secret": KEY, "passkey": PASSKEY}
        | {"errors": {"password": "Too short.", "code": "Wrong."}},
    ),
    "staff, home": (
        "staff/home.html",
        STAFF
        | {
            "window_url": "/window",
            "desk_url": "/security",
            "approvals_url": "/approvals",
            "changes_url": "/staff/changes",
            "changes_waiting": 2,
            "about_me": True,
        }
        | {"passkey": PASSKEY}
        | {"passkeys": [{"id": "1", "label": "我的密钥", "created_at": AT, "last_used_at": AT}]},
    ),
    "staff, home, bare": ("staff/home.html", STAFF | {"passkey": PASSKEY, "passkeys": []}),
    "staff, changes": (
        "staff/changes.html",
        STAFF
        | {"home_url": "/staff"}
        | {
            "changes": [
                CHANGE,
                CHANGE | {"may_agree": False, "why_not": "It is your own.", "roles_then": ["Clerk"]},
            ]
        },
    ),
    "staff, no changes": ("staff/changes.html", STAFF | {"home_url": "/staff", "changes": []}),
    "staff, accounts": (
        "staff/accounts.html",
        STAFF
        | {"home_url": "/staff", "notice": "Activation code for C-1: 7F3K-9QXM-2B4D"}
        | {"accounts": [ACCOUNT, ACCOUNT | {"may_change": False}, ACCOUNT | {"is_disabled": True}]},
    ),
    "staff, refused": ("staff/refused.html", STAFF),
    "window": ("window/home.html", STAFF | {"activation_url": "/window/activation"}),
    "window, wrong": (
        "window/home.html",
        STAFF | {"activation_url": "/window/activation", "errors": {"code": "Wrong."}} | WRONG,
    ),
    **{
        f"window, help, {state}": ("window/help.html", STAFF | HELP | {"state": state})
        for state in ("taken", "offered", "face", "signed_in", "refused", "expired", "given_up")
    },
    "window, help, wrong": (
        "window/help.html",
        STAFF
        | HELP
        | {"state": "taken", "level": 4, "may_enrol": True, "values": {"number": "1", "checked": "x"}}
        | {"errors": {"number": "No.", "name": "No.", "checked": "No.", "seen": "No."}}
        | {"error": "Nobody has it."},
    ),
    "window, help, enrolment": (
        "window/help.html",
        STAFF | HELP | {"state": "to_enrol", "code": "7F3K-9QXM-2B4D", "code_days": 14},
    ),
    "window, activation": ("window/activation.html", STAFF | {"home_url": "/window"}),
    "window, activation, made": (
        "window/activation.html",
        STAFF | {"home_url": "/window", "code": "7F3K-9QXM-2B4D", "code_days": 14},
    ),
    **{
        f"device at a window, {state}": ("window/device.html", DEVICE | PORTAL | {"state": state})
        for state in ("none", "taken", "offered", "face", "to_enrol", "refused", "given_up", "expired")
    },
    "at windows": (
        "window/history.html",
        {"items": [{"at": AT, "words": "A clerk helped you.", "clerk": STAFF["staff"]}]}
        | {"days": 180, "account_url": "/account"},
    ),
    "at no window": ("window/history.html", {"items": [], "days": 180, "account_url": "/account"}),
    "device at a window, code": (
        "window/device.html",
        DEVICE | PORTAL | {"state": "waiting", "code": "1234 5678", "seconds_left": 90},
    ),
    "device at a window, of our own pages": (
        "window/device.html",
        DEVICE | {"state": "offered", "by_face": True},
    ),
}
