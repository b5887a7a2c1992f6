"""Samples of going live: the team's pages, and those of whoever approves."""

from datetime import UTC, datetime
from typing import Any

from tests.contracts.sample_developer_usage import APP, APP_SECTIONS, SECTIONS
from tests.contracts.sample_staff_pages import STAFF

AT = datetime(2026, 11, 22, 8, 10, tzinfo=UTC)
LONG = "办理本市社会保险、住房公积金与不动产登记等高频事项时核对申请人身份，不用于其他目的。" * 3
CONSOLE = {"here": None, "sections": SECTIONS, "app": APP, "app_sections": APP_SECTIONS}
CHECKS = [
    {"name": "named", "words": "它有简体中文名称。", "outcome": "done", "outcome_words": "完成", "url": None},
    {
        "name": "reasons",
        "words": "为每个申请的范围说明了理由。",
        "outcome": "missing",
        "outcome_words": "缺少",
        "url": "/developer/apps/a/scopes",
    },
    {
        "name": "logo",
        "words": "有图标。",
        "outcome": "advised",
        "outcome_words": "建议补充",
        "url": "/developer/x",
    },
]
OVER = {
    "id": "r1",
    "state": "refused",
    "state_words": "已拒绝",
    "asked_at": AT,
    "decided_at": AT,
    "note": "",
    "words": LONG,
}
BARE: dict[str, Any] = {
    **CONSOLE,
    "items": CHECKS,
    "is_ready": False,
    "is_live": False,
    "waiting": None,
    "requests": [],
    "package_url": None,
    "ask_url": None,
    "withdraw_url": None,
    "other_url": None,
    "note": "",
    "note_at_most": 1000,
}
ROW = {
    "url": "/approvals/r",
    "name": "市政务服务大厅（网上办事、预约、查询、缴费一体化平台）Very-Long-Name-Without-Any-Space",
    "team": "云岭市政务服务数据管理局及所属各分中心",
    "is_new": True,
    "state": "open",
    "state_words": "待审批",
    "asked_at": AT,
    "decided_at": None,
}
WHOLE = ROW | {
    "note": LONG,
    "words": "",
    "minimum_level": 3,
    "scopes": [
        {"value": "openid", "words": "在那里代表您的编号", "reason": "", "is_fixed": True},
        {"value": "resident_number", "words": "公民身份号码", "reason": LONG, "is_fixed": False},
        {
            "value": "profile",
            "words": "姓名、出生日期、性别",
            "reason": "",
            "claims": [{"name": "birthdate", "reason": LONG}],
            "is_fixed": False,
        },
        {"value": "phone", "words": "手机号码", "reason": "", "is_fixed": False},
    ],
    "lists": [
        {"name": "redirect_uris", "values": [f"https://hall.example.gov.cn/{'a' * 120}/callback"]},
        {"name": "accepted_parties", "values": ["citizen", "agent"]},
    ],
    "differences": [{"name": "client_name", "gone": ["大厅"], "come": ["云岭大厅"]}],
    "checks": CHECKS,
    "seen": {
        "issuer": "https://sandbox.id.example.gov.cn",
        "client_id": "app-abcdefghijkl",
        "sign_ins": 12,
        "report": {"by": "developer", "passed": 20, "tried": 21, "failed": ["state-wrong"]},
    },
}
GOING_LIVE: dict[str, tuple[str, dict[str, Any]]] = {
    "developer, going live": ("developer/going_live/going_live.html", BARE),
    "developer, going live, ready in the sandbox": (
        "developer/going_live/going_live.html",
        BARE
        | {"items": CHECKS[:1], "is_ready": True, "package_url": "/p", "other_url": "https://id.example"},
    ),
    "developer, going live, may ask": (
        "developer/going_live/going_live.html",
        BARE | {"items": CHECKS[:1], "is_ready": True, "ask_url": "/a", "requests": [OVER], "note": LONG},
    ),
    "developer, going live, waits": (
        "developer/going_live/going_live.html",
        BARE | {"waiting": {"asked_at": AT, "note": LONG}, "withdraw_url": "/w", "error": "不行。"},
    ),
    "developer, going live, is live": ("developer/going_live/going_live.html", BARE | {"is_live": True}),
    "developer, going live, no registration": ("developer/going_live/going_live.html", BARE | {"items": []}),
    "developer, from the sandbox": (
        "developer/going_live/take.html",
        CONSOLE
        | {"app": None, "app_sections": (), "teams": [{"id": "t", "name": ROW["team"]}], "typed": "eyJ" * 400}
        | {"sandbox_url": "https://sandbox.example", "errors": {"package": "这不是我们的沙箱签名的。"}},
    ),
    "developer, from the sandbox, no team": (
        "developer/going_live/take.html",
        CONSOLE
        | {
            "app": None,
            "app_sections": (),
            "teams": [],
            "typed": "",
            "sandbox_url": "https://s",
            "errors": {},
        },
    ),
    "approvals": (
        "approvals/list.html",
        STAFF
        | {
            "waiting": [ROW],
            "over": [ROW | {"state_words": "已批准", "decided_at": AT}],
            "home_url": "/staff",
        },
    ),
    "approvals, none": ("approvals/list.html", STAFF | {"waiting": [], "over": [], "home_url": "/staff"}),
    "approvals, one": (
        "approvals/one.html",
        STAFF
        | {
            "one": WHOLE,
            "may_decide": True,
            "why_not": None,
            "typed": "",
            "words_at_most": 1000,
            "all_url": "/approvals",
        },
    ),
    "approvals, one, not theirs": (
        "approvals/one.html",
        STAFF
        | {"one": WHOLE | {"seen": None, "is_new": False, "words": LONG}, "may_decide": False}
        | {"why_not": "这是您自己的应用。", "typed": "", "words_at_most": 1000, "all_url": "/approvals"},
    ),
}
