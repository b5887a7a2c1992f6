"""Samples of the pages on which apps are made and edited, from what their views give."""

from typing import Any

from flask import Flask

from idp import locales
from idp.apps.kinds import KINDS, OF_KIND, Kind
from idp.developer.explained import by_field, field_words
from idp.developer.registered import compared
from idp.developer.scopes import views as scopes
from idp.developer.settings import shown
from idp.oidc.clients.explaining.whole import Explained, explain
from tests.contracts.sample_developer_usage import APP, APP_SECTIONS, SECTIONS

CONSOLE: dict[str, Any] = {"here": None, "sections": SECTIONS, "app": None, "app_sections": ()}
OF_APP = CONSOLE | {"app": APP, "app_sections": APP_SECTIONS}
LONG = "https://a-very-long-host-name-that-somebody-has.city-services.example.gov.cn/a/path/that/does/not/end"
GOOD: dict[str, Any] = {
    "client_id": "app-abcdefghijkl",
    "sector": "hall.example.gov.cn",
    "client_name": "City Service Hall",
    "client_name#zh-CN": "市政务服务大厅",
    "client_name#ja": "市役所",
    "redirect_uris": ["https://hall.example.gov.cn/callback", LONG],
    "backchannel_logout_uri": "https://hall.example.gov.cn/out",
    "frontchannel_logout_uri": "https://hall.example.gov.cn/frame",
}
BAD: dict[str, Any] = GOOD | {
    "client_name#zh-CN": "<b>市政务服务大厅</b>",
    "redirect_uris": ["https：／／hall.example.gov.cn／callback", "https://*.example.gov.cn/", LONG],
    "logo_uri": "javascript:alert(1)",
    "contacts": ["nobody"],
    "backchannel_token_delivery_mode": "poll",
}
TOGETHER = "\n".join(
    f"export FLASK_YITONG_{name}={value}"
    for name, value in (
        ("ISSUER", "https://sandbox.id.example.gov.cn"),
        ("CLIENT_SECRET", "M32RMqqK29Ce3UsbBoVa2VEjm870p3bO-WnImhqGiw8"),
        ("SCOPE", "'openid profile'"),
    )
)


def _made() -> dict[str, tuple[str, dict[str, Any]]]:
    """Words are made in the language of a request."""
    app = Flask("idp")
    locales.init_app(app, default_locale="zh-CN")
    with app.test_request_context("/", headers={"Accept-Language": "zh-CN"}):
        return {**_wizard(), **_settings(), **_logout(), **_scopes()}


def _wizard() -> dict[str, tuple[str, dict[str, Any]]]:
    kinds = [
        {
            "code": one.kind.value,
            "name": locales.gettext(one.name),
            "what": locales.gettext(one.what),
            "url": "/new",
        }
        for one in KINDS
    ]
    portal = OF_KIND[Kind.PORTAL]
    problems = by_field(explain(BAD).problems)
    form = CONSOLE | {
        "action": "/developer/apps/new",
        "check_url": "/developer/apps/new/check",
        "back_url": "/developer/apps/new",
        "team_id": "t",
        "team_name": "团队",
        "form_id": "app-abcdefghijkl",
        "kind": kinds[0],
        "name_field": field_words("client_name") | {"value": "", "problems": []},
        "address_field": field_words("redirect_uris") | {"value": "", "problems": []},
        "examples": portal.returns,
        "problems": [],
    }
    wrong = {
        "name_field": form["name_field"] | {"value": "<b>", "problems": problems["client_name#zh-CN"]},
        "address_field": form["address_field"] | {"value": LONG, "problems": problems["redirect_uris"]},
        "problems": problems["logo_uri"],
    }
    done = OF_APP | {
        "kind": kinds[0]["name"],
        "new_secret": "M32RMqqK29Ce3UsbBoVa2VEjm870p3bO-WnImhqGiw8",
        "issuer": "https://id.example",
        "discovery_url": "https://id.example/.well-known/openid-configuration",
        "redirect_uris": GOOD["redirect_uris"],
        "scope": "openid profile",
        "has_people": True,
        "choices": [
            field_words(one.field) | {"value": str(one.value).strip("(),"), "why": locales.gettext(one.why)}
            for one in portal.choices
        ],
        "overview_url": "/developer/apps/a",
        "settings_url": "/developer/apps/a/settings",
        "quick_start_url": "/docs",
    }
    draft = {"new_secret": None, "app": APP | {"client_id": None, "is_draft": True}}
    return {
        "wizard, kinds": (
            "developer/wizard/kinds.html",
            CONSOLE | {"team_name": "团队", "kinds": kinds, "error": None},
        ),
        "wizard": ("developer/wizard/new.html", form),
        "wizard, refused": ("developer/wizard/new.html", form | wrong),
        "wizard, machine": ("developer/wizard/new.html", form | {"address_field": None, "examples": ()}),
        "wizard, done": ("developer/wizard/done.html", done),
        "wizard, done, all of it": ("developer/wizard/done.html", done | {"together": TOGETHER}),
        "wizard, a draft": ("developer/wizard/done.html", done | draft),
    }


def _page(fields: dict[str, Any], explained: Explained | None) -> dict[str, Any]:
    return OF_APP | {
        "action": "/developer/apps/a/settings",
        "check_url": "/developer/apps/a/settings/check",
        "number": 3,
        "groups": shown.groups(fields, explained),
        "fixed": shown.fixed(fields),
        "problems": shown.elsewhere(explained),
        "logout_url": "/developer/apps/a/settings/logout",
        "front_channel_url": "https://hall.example.gov.cn/frame",
        "logo_url": "/developer/apps/a/settings/logo",
    }


def _settings() -> dict[str, tuple[str, dict[str, Any]]]:
    good, bad = _page(GOOD, None), _page(BAD, explain(BAD | {"unknown": "x"}))
    waiting = {"waiting": [field_words("client_name"), field_words("redirect_uris")], "may_ask": True}
    conflict = {"conflict": compared(GOOD, BAD)}
    secret = {"new_secret": "M32RMqqK29Ce3UsbBoVa2VEjm870p3bO-WnImhqGiw8"}
    looks = {"action": None, "logout_url": None, "logo_url": None, "front_channel_url": None}
    template = "developer/settings/settings.html"
    return {
        "settings": (template, good | {"notice": "已保存"}),
        "settings, refused": (template, bad | {"error": "未保存"}),
        "settings, waiting": (template, good | waiting),
        "settings, not ready": (template, good | {"not_ready": True}),
        "settings, conflict": (template, bad | conflict),
        "settings, a new secret": (template, good | secret),
        "settings, prove": (template, good | {"prove_url": "/prove", "error": "请先证明"}),
        "settings, a viewer": (template, good | looks),
    }


def _logout() -> dict[str, tuple[str, dict[str, Any]]]:
    tried = {
        "is_good": True,
        "status": 200,
        "milliseconds": 42,
        "claims": [("iss", "https://id.example"), ("jti", "M32RMqqK29Ce3UsbBoVa2VEjm870p3bO")],
        "wrong": "应用接受了登出令牌。",
        "mend": "",
        "keeps": False,
    }
    page = OF_APP | {"uri": LONG, "action": "/try", "back_url": "/developer/apps/a/settings"}
    bad = {"is_good": False, "status": None, "keeps": True}
    template = "developer/settings/logout.html"
    logo = OF_APP | {
        "logos": [
            {"uri": LONG, "is_good": True, "wrong": "会显示给用户。", "mend": ""},
            {"uri": LONG, "is_good": False, "wrong": "这是 SVG。", "mend": "请导出为 PNG。"},
        ],
        "action": "/try",
        "back_url": "/developer/apps/a/settings",
    }
    return {
        "logo test": ("developer/settings/logo.html", logo),
        "logo test, wait": ("developer/settings/logo.html", logo | {"logos": [], "wait_seconds": 10}),
        "logout test": (template, page | {"tried": tried}),
        "logout test, failed": (template, page | {"tried": tried | bad}),
        "logout test, wait": (template, page | {"tried": None, "wait_seconds": 5}),
    }


def _scopes() -> dict[str, tuple[str, dict[str, Any]]]:
    fields = GOOD | {"scope": "openid profile phone licences:read", "optional_scope": "phone"}
    why = {"phone": "材料不齐时电话通知申请人补正。", "profile": "<b>", "licences:read": "夜间核对证照。"}
    why |= {"profile/name": "称呼申请人。", "profile/birthdate": "<i>", "profile/gender": ""}
    wrong = fields | {"presence_seconds": "soon", "accepted_parties": []}
    page = OF_APP | {
        "action": "/developer/apps/a/scopes",
        "check_url": "/developer/apps/a/scopes/check",
        "number": 3,
    }
    template = "developer/scopes/scopes.html"
    return {
        "scopes": (template, page | scopes.shown(fields, why, None)),
        "scopes, refused": (template, page | scopes.shown(wrong, why, explain(wrong)) | {"error": "未保存"}),
        "scopes, conflict": (
            template,
            page | scopes.shown(fields, why, None) | {"conflict": compared(GOOD, fields)},
        ),
        "scopes, waiting": (
            template,
            page | scopes.shown(fields, why, None) | {"waiting": [field_words("scope")], "not_ready": True},
        ),
        "scopes, a fresh proof is needed": (
            template,
            page | scopes.shown(fields, why, None) | {"error": "请先验证", "prove_url": "/prove"},
        ),
        "scopes, a viewer": (template, page | scopes.shown(fields, {}, None) | {"action": None}),
    }


DEVELOPER_EDITING = _made()
