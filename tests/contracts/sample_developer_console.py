"""Samples of the console's first pages: one's apps, a team, an app, tokens."""

from datetime import timedelta
from typing import Any

from tests.contracts.sample_developer_usage import APP, APP_SECTIONS, NOW, SECTIONS

LONG = "市政务服务大厅（网上办事、预约、查询、缴费一体化平台）Very-Long-Name-Without-Space"
TEAM, UNTIL = "/developer/teams/t", NOW + timedelta(days=7)
HERE: dict[str, Any] = {"here": None, "sections": SECTIONS, "app": None, "app_sections": ()}
OF_APP: dict[str, Any] = HERE | {"app": APP, "app_sections": APP_SECTIONS}
STOPPED = APP | {
    "name": LONG,
    "state": "frozen",
    "state_words": "Frozen by the security staff",
    "state_explained": "Nobody can sign in to it and its tokens open nothing.",
    "works": False,
}
ROLES = [
    {"value": value, "words": value.capitalize(), "explained": "Changes apps, their keys and secrets"}
    for value in ("owner", "developer", "viewer")
]


def _app(state: str, name: str) -> dict[str, Any]:
    return {
        "id": "a",
        "name": name,
        "url": "/developer/apps/a",
        "client_id": "0192f0c1-2345-7abc-8def-0123456789ab",
        "state": state,
        "state_words": "Stopped by the team",
    }


def _team(**changes: Any) -> dict[str, Any]:
    return {
        "id": "t",
        "name": LONG,
        "is_personal": False,
        "url": TEAM,
        "role": "Owner",
        "apps": [_app("active", "Hall"), _app("paused", LONG)],
        "new_url": "/developer/apps/new?team=t",
        **changes,
    }


def _member(**changes: Any) -> dict[str, Any]:
    return {
        "name": "张三丰",
        "role": "Developer",
        "role_value": "developer",
        "since": NOW,
        "has_left": False,
        "is_by_law": False,
        "is_oneself": False,
        "role_url": f"{TEAM}/members/p/role",
        "remove_url": f"{TEAM}/members/p/remove",
        **changes,
    }


HOME = HERE | {
    "teams": [_team(name="My sandbox", is_personal=True, apps=[])],
    "has_apps": False,
    "may_make_apps": True,
    "organisations": [],
    "join_url": "/developer/join",
    "is_shared": True,
    "own_person_url": "/sandbox/people/own",
}
A_TEAM = HERE | {
    "name": LONG,
    "typed_name": "Portals",
    "is_personal": False,
    "role": "Owner",
    "role_explained": "Changes apps, says who is in the team, and deletes apps",
    "members": [
        _member(is_oneself=True, is_by_law=True, role="Owner", role_url=None, remove_url=None),
        _member(name=LONG),
        _member(name="李四", has_left=True, role_url=None),
    ],
    "roles": ROLES,
    "invitations": [
        {"role": "Viewer", "until": UNTIL, "made_at": NOW, "withdraw_url": f"{TEAM}/invitations/i/withdraw"}
    ],
    "url": TEAM,
    "is_owner": True,
    "may_leave": True,
    "proof_is_old": True,
}
AN_APP = OF_APP | {
    "issuer": "https://id.example",
    "discovery_url": "https://id.example/.well-known/openid-configuration",
    "registration": {
        "profile": "oauth21",
        "method": "client_secret_basic",
        "grants": ("authorization_code", "refresh_token"),
        "redirect_uris": ("https://app.example/callback", f"https://app.example/{'long-' * 30}"),
        "sector": "app.example",
        "level": 2,
    },
    "missing": [
        {
            "name": name,
            "words": "应用有标志，用户据此认出它。",
            "outcome": outcome,
            "outcome_words": "缺少",
            "url": url,
        }
        for name, outcome, url in (("keys", "missing", "/keys"), ("terms", "advised", None))
    ],
    "made_by": "张三丰",
    "made_at": NOW,
    "other_url": "https://id.example/developer",
    "pause_url": "/developer/apps/a/pause",
    "resume_url": "/developer/apps/a/resume",
    "delete_url": "/developer/apps/a/delete",
}
PAST = HERE | {
    "name": LONG,
    "team_url": TEAM,
    "deeds": [
        {"at": NOW, "who": "张三丰", "what": "停用了应用", "app": {"name": LONG, "url": "/developer/apps/a"}},
        {"at": NOW, "who": LONG, "what": f"变更：{'redirect_uris, ' * 8}", "app": {"name": "a-b", "url": ""}},
        {"at": NOW, "who": "", "what": "邀请码已过期", "app": None},
    ],
    "older_url": f"{TEAM}/past?after=x",
    "newest_url": f"{TEAM}/past",
    "searched_to": NOW,
}
TOKENS = HERE | {
    "tokens": [
        {
            "team": LONG,
            "uses_left": 3,
            "until": UNTIL,
            "made_by": "张三丰",
            "made_at": NOW,
            "end_url": "/end",
        },
        {"team": "A", "uses_left": 1, "until": UNTIL, "made_by": "李四", "made_at": NOW, "end_url": None},
    ],
    "teams": [{"id": "t", "name": LONG}],
    "days": (1, 7, 30),
    "uses_at_most": 100,
    "registration_url": "https://id.example/oauth2/register",
    "errors": {},
}
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "developer, empty": ("developer/home/home.html", HOME),
    "developer": (
        "developer/home/home.html",
        HOME
        | {"teams": [_team(), _team(role="Viewer", new_url=None, apps=[])], "has_apps": True}
        | {"organisations": [{"id": "o", "name": LONG}], "is_shared": False, "notice": "You have left it."},
    ),
    "developer, in no team": (
        "developer/home/home.html",
        HOME | {"teams": [], "may_make_apps": False, "is_shared": False},
    ),
    "developer, role too small": ("developer/refused.html", OF_APP | {"needed": "Owner"}),
    "team": ("developer/team/team.html", A_TEAM),
    "team, a code": (
        "developer/team/team.html",
        A_TEAM
        | {"new_code": "aB3_-xY7aB3_-xY7aB3_", "new_code_role": "Developer", "new_code_until": UNTIL}
        | {"join_url": "https://id.example/developer/join", "proof_is_old": False},
    ),
    "team, for a viewer": (
        "developer/team/team.html",
        A_TEAM | {"is_owner": False, "role": "Viewer", "invitations": [], "error": "Your role is too small."},
    ),
    "team, coming in": (
        "developer/team/join.html",
        HERE | {"errors": {"code": "This code is not good."}, "typed": "aB3_-xY7"},
    ),
    "team, what was done": ("developer/team/past.html", PAST),
    "team, nothing done": (
        "developer/team/past.html",
        PAST | {"deeds": [], "older_url": None, "newest_url": None, "searched_to": None},
    ),
    "app": ("developer/overview/overview.html", AN_APP),
    "app, stopped": (
        "developer/overview/overview.html",
        AN_APP | {"app": STOPPED, "missing": [], "other_url": None, "error": "That cannot be done."},
    ),
    "app, a draft": (
        "developer/overview/overview.html",
        AN_APP
        | {"app": APP | {"client_id": None, "state": "draft", "works": False, "is_draft": True}}
        | {"registration": None, "missing": [], "pause_url": None, "resume_url": None},
    ),
    "app, to be deleted": (
        "developer/overview/delete.html",
        OF_APP
        | {"to_type": "0192f0c1-2345-7abc-8def-0123456789ab", "action": "/delete"}
        | {"errors": {"confirm": "That is not it."}},
    ),
    "tokens": ("developer/tokens/tokens.html", TOKENS | {"proof_is_old": True}),
    "tokens, a new one": (
        "developer/tokens/tokens.html",
        TOKENS | {"new_token": "x" * 43, "errors": {"uses": "A number from 1 to 100."}, "is_off": True},
    ),
    "tokens, none": ("developer/tokens/tokens.html", TOKENS | {"tokens": [], "teams": []}),
}
