"""Pages about mandates, each with a context such as its view gives."""

from datetime import UTC, datetime
from typing import Any

AT = datetime(2026, 11, 22, 3, 4, tzinfo=UTC)
LONG_NAME = "上海市浦东新区张江高科技园区政务服务大厅一网通办综合受理平台"
WRONG = {"error": "That did not work.", "wait_seconds": 95}
ONE_MANDATE: dict[str, Any] = {
    "id": "1",
    "role": "Relative or friend",
    "whom": "阿依夏木古丽·艾合买提江·样本",
    "is_given": True,
    "matters": ["Pension", "School enrolment"],
    "since": AT,
    "until": AT,
    "is_standing": True,
    "used": {"client_name": LONG_NAME, "at": AT},
    "url": "/account/mandates/1",
    "answer_by": AT,
}
ENDED_MANDATE = ONE_MANDATE | {"at": AT, "reason": "Its time was over.", "is_standing": False, "matters": []}
UNTIL = {"min": "2026-11-22", "max": "2029-11-21", "value": "2027-11-22"}
MANDATES = {
    "account_url": "/account",
    "mandates_url": "/account/mandates",
    "wards_url": "/account/mandates/wards",
    "relatives_left": 3,
}
INVITING = MANDATES | {
    "matters": [{"code": "pension", "name": "Pension"}, {"code": "school", "name": "School enrolment"}],
    "until": UNTIL,
}
ONE_USE = {"client_name": LONG_NAME, "at": AT}

PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "mandates": (
        "account/mandates.html",
        {name: [ONE_MANDATE] * 2 for name in ("invitations", "received", "given", "offered")}
        | {"ended": [ENDED_MANDATE], "invite_url": "/account/mandates/invite", "notice": "Done."}
        | MANDATES,
    ),
    "mandates, empty": ("account/mandates.html", MANDATES | {"relatives_left": 0}),
    "mandate, given": (
        "account/mandates_one.html",
        MANDATES
        | {"one": ONE_MANDATE, "uses": [ONE_USE], "uses_at_most": 1}
        | {"renew": {"url": "/renew", "until": UNTIL}}
        | {"end": {"url": "/end", "words": "They may no longer act for me"}, "errors": {"until": "No."}},
    ),
    "mandate, of a guardian": (
        "account/mandates_one.html",
        MANDATES
        | {"one": ONE_MANDATE | {"is_standing": False, "is_given": False, "until": None}}
        | {"not_yours": "A register says so.", "ask_again_url": "/again", "uses": [], "uses_at_most": 50},
    ),
    "mandate, over": ("account/mandates_one.html", MANDATES | {"one": ENDED_MANDATE, "uses_at_most": 50}),
    "invite": ("account/mandates_invite.html", INVITING),
    "invite, wrong": (
        "account/mandates_invite.html",
        INVITING
        | {"values": {"name": "李", "number": "1", "scope": "all", "until": "x", "matters": ["pension"]}}
        | {"errors": {"name": "No.", "number": "No.", "matters": "No.", "until": "No."}},
    ),
    "invited": (
        "account/mandates_invited.html",
        MANDATES | {"one": ONE_MANDATE, "is_organisation": False, "needs_proof": True},
    ),
    "wards": (
        "account/mandates_wards.html",
        MANDATES | {"wards": [ONE_MANDATE], "childhood_ends": 14, "add_url": "/add"},
    ),
    "wards, empty": (
        "account/mandates_wards.html",
        MANDATES | {"childhood_ends": 14, "errors": {"name": "No.", "number": "No."}} | WRONG,
    ),
}
