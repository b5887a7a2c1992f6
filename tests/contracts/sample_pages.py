"""Every page with a context such as its view gives: all of them can be looked at without a sign-in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.contracts.sample_developer_checker import DEVELOPER_CHECKER
from tests.contracts.sample_developer_console import PAGES as DEVELOPER_CONSOLE
from tests.contracts.sample_developer_doctor import DEVELOPER_DOCTOR
from tests.contracts.sample_developer_editing import DEVELOPER_EDITING
from tests.contracts.sample_developer_keys import DEVELOPER_KEYS
from tests.contracts.sample_developer_sandbox import SANDBOX_PAGES
from tests.contracts.sample_developer_usage import DEVELOPER_USAGE
from tests.contracts.sample_documentation import DOCUMENTATION
from tests.contracts.sample_going_live import GOING_LIVE
from tests.contracts.sample_mandates import PAGES as MANDATE_PAGES
from tests.contracts.sample_organisations import PAGES as ORGANISATION_PAGES
from tests.contracts.sample_sandbox import SANDBOX_ROOM
from tests.contracts.sample_security_cases import SECURITY_CASES
from tests.contracts.sample_security_events import SECURITY_EVENTS
from tests.contracts.sample_security_figures import SECURITY_FIGURES
from tests.contracts.sample_security_measures import SECURITY_MEASURES
from tests.contracts.sample_staff_pages import STAFF_PAGES

AT = datetime(2026, 11, 22, 3, 4, tzinfo=UTC)
LONG_NAME = "上海市浦东新区张江高科技园区政务服务大厅一网通办综合受理平台"
PORTAL = {"client_name": LONG_NAME, "cancel_url": "/cancel"}
LICENCE_WAY: dict[str, object] = {"url": "/login/licence"}
LICENCE_AGENT = {"address": "http://127.0.0.1:24811/yitong-signing-agent/1", "action": "/login/licence/agent"}
LICENCE_TEXT: dict[str, object] = {
    "challenge": "yitong-licence-challenge/1\nissuer: https://id.example\n",
    "challenge_field": "eWl0b25n",
    "challenge_file": "eWl0b25n",
    "action": "/login/licence/signature",
    "other_ways_url": "/login/licence",
}
PASSKEY = {"action": "/login/passkey", "options_url": "/login/passkey/options"}
WRONG = {"error": "That did not work.", "wait_seconds": 95}
ITEMS = [
    {"name": "openid", "label": "A number", "value_masked": None, "required": True},
    {"name": "phone", "label": "Phone", "value_masked": "138****0000", "required": False, "checked": True},
]
LINKS = [{"title": "Privacy", "url": "https://app.example/privacy", "host": "app.example"}]
DETAILS = [
    {
        "title": "Pay a fee",
        "sentence": [{"text": "Pay ", "is_value": False}, {"text": "<b>1</b>", "is_value": True}],
        "more": [("Due", "2026-12-01")],
        "one_time": one_time,
    }
    for one_time in (True, False)
]
HAT = {"choice": "m", "name": LONG_NAME, "code": "91000000YT00000112", "role": "Legal representative"}
OPTIONS = [
    {"choice": "", "is_self": True},
    HAT,
    {"choice": "n", "name": "李四", "role": "Relative", "matters": ["Pension", "Benefits"], "until": AT},
]
ACTING = {"name": LONG_NAME, "role": "Agent", "change_url": "/choose?interaction=1"}
CAPTURE = {
    "session": "s",
    "frames_url": "/frames",
    "finish_url": "/finish",
    "again_url": "/again",
    "seconds_left": 120,
    "window_seconds": 10,
    "steps": 3,
    "other_ways_url": "/other",
}
FACE = {"text_version": "2026-11", "start_url": "/start", "other_ways_url": "/other"}
OFFERS = [
    {"purpose": "template", "text_version": "2026-11", "days": 365, "consent": None},
    {"purpose": "evidence", "text_version": "2026-11", "days": 30, "consent": {"given_at": AT}},
]
KEPT = [
    {"purpose": purpose, "text_version": "2026-11", "given_at": AT, "withdraw_url": "/withdraw"} | more
    for purpose, more in (("template", {"is_outdated": True}), ("evidence", {"until": AT}))
]
CODE = {"stage": "code", "phone_masked": "138****0000", "resend_after": 50, "other_phone_url": "/phone"}
ACCOUNT = {
    "level_now": 3,
    "name_masked": "*三",
    "number_masked": "1****************4",
    "phone_masked": "138****0000",
    "password_url": "/account/password",
    "passkey": PASSKEY,
}
ONE_PASSKEY = {"id": "1", "label": "我的手机", "created_at": AT, "last_used_at": AT}
ONE_CONSENT = {"id": "1", "client_name": LONG_NAME, "labels": ["Name"], "given_at": AT, "expires_at": AT}
ONE_CONSENT |= {"open_url": "https://portal.example/in?iss=https%3A%2F%2Fid.example"}
ONE_REQUEST = {
    "url": "/account/requests/1",
    "client_name": LONG_NAME,
    "organisation": "上海市大数据中心",
    "host": "hall.example",
    "message": "缴费 12.50 元 W4SCT",
    "asked_at": AT,
    "minutes_left": 5,
}

EMAIL = {
    "account_url": "/account",
    "other_url": "/account/email?other=1",
    "sandbox_messages_url": "/messages",
}

LICENCE_APP = {
    "page_url": "/login/licence-app?link=l",
    "state_url": "/login/licence-app/state?link=l",
    "again_url": "/login/licence-app",
    "other_ways_url": "/login",
    "poll_seconds": 2,
    "reload_seconds": 5,
    "digits_count": 4,
}
LINK_CODE = {
    "generation": 1,
    "code": "BCDF-GHJK-LMNP",
    "link": "https://id.example/licence-app#v=1&issuer=https%3A%2F%2Fid.example&code=BCDF-GHJK-LMNP",
    "qr": "data:image/svg+xml,%3Csvg/%3E",
}

PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    **STAFF_PAGES,
    **DOCUMENTATION,
    **SECURITY_CASES,
    **SECURITY_MEASURES,
    **SECURITY_EVENTS,
    "identify": ("login/identify.html", {"passkey": PASSKEY, "sms_url": "/sms"} | PORTAL),
    "identify, wrong": (
        "login/identify.html",
        {"passkey": PASSKEY, "values": {"number": "1101"}, "errors": {"number": "Too short."}} | WRONG,
    ),
    "identify, licence": ("login/identify.html", {"passkey": PASSKEY, "licence": LICENCE_WAY} | PORTAL),
    "identify, licence first": (
        "login/identify.html",
        {"passkey": PASSKEY, "licence": LICENCE_WAY | {"comes_first": True}} | PORTAL,
    ),
    "licence": ("login/licence.html", {"app_url": "/a", "key_url": "/k", "signature_url": "/s"} | PORTAL),
    "licence key": ("login/licence_key.html", {"action": "/key", "other_ways_url": "/o"} | PORTAL),
    "licence key, refused": ("login/licence_key.html", {"rule": "revoked", "error": "Revoked."} | PORTAL),
    "licence signature": ("login/licence_signature.html", LICENCE_TEXT | {"agent": LICENCE_AGENT} | PORTAL),
    "licence signature, refused": (
        "login/licence_signature.html",
        LICENCE_TEXT | {"rule": "signature", "errors": {"certificate": "Choose.", "signature": "Choose."}},
    ),
    "sms": ("login/sms.html", {"stage": "phone", "password_url": "/login"} | PORTAL),
    "sms, code": ("login/sms.html", CODE | {"password_url": "/login", "sandbox_messages_url": "/messages"}),
    "licence app": (
        "login/licence_app.html",
        {"state": "shown", "code": LINK_CODE} | LICENCE_APP | PORTAL,
    ),
    "licence app, scanned": ("login/licence_app.html", {"state": "scanned"} | LICENCE_APP),
    "licence app, confirmed": (
        "login/licence_app.html",
        {"state": "confirmed", "digits": "0", "errors": {"digits": "Wrong."}} | LICENCE_APP,
    ),
    "licence app, refused": (
        "login/licence_app.html",
        {"state": "refused", "ending": "licence"} | LICENCE_APP,
    ),
    "licence app, elsewhere": ("login/licence_app.html", {"state": "elsewhere"}),
    "licence app, no app": ("login/licence_app_open.html", {}),
    "presence": (
        "login/presence.html",
        {"face_url": "/face", "passkey": PASSKEY, "activation_url": "/activation"} | PORTAL,
    ),
    "presence, certified": ("login/presence.html", {"certified": True, "licence_url": "/licence"} | PORTAL),
    "presence, no licences": ("login/presence.html", {"certified": True}),
    "presence, no face": ("login/presence.html", {"face_unavailable": "Not now.", "activation_url": "/a"}),
    "face consent": ("login/face_consent.html", FACE | {"first_capture_is_reference": True}),
    "face consent, given": ("login/face_consent.html", FACE | {"given_at": AT, "keeping_url": "/keeping"}),
    "face keeping": (
        "login/face_keeping.html",
        {"offers": OFFERS, "agree_url": "/agree", "start_url": "/start", "without_turns": True} | PORTAL,
    ),
    "face keeping, in the account": (
        "login/face_keeping.html",
        {"offers": OFFERS[1:], "agree_url": "/agree", "account_url": "/account"},
    ),
    "capture": ("login/capture.html", CAPTURE | PORTAL),
    "capture, sandbox": ("login/capture.html", CAPTURE | PORTAL | {"played_url": "/sandbox/phone/camera/x"}),
    "capture, film": (
        "login/capture.html",
        CAPTURE | {"recorded_url": "/frames", "actions": ["nod", "blink"]},
    ),
    "face result": (
        "login/face_result.html",
        {"reason": "too_slow", "advice": "more_light", "again_url": "/again", "other_ways_url": "/other"},
    ),
    "face result, last": ("login/face_result.html", {"reason": "match", "other_ways_url": "/other"}),
    "activation": ("login/activation.html", {"other_ways_url": "/other", "errors": {"code": "Wrong."}}),
    "enrol phone": ("login/enrol_phone.html", {"flow": "enrol", "stage": "phone", "sign_in_url": "/login"}),
    "enrol phone, code": ("login/enrol_phone.html", CODE | {"flow": "recover"}),
    "enrol identity": ("login/enrol_identity.html", {"flow": "enrol", "values": {"name": "阿依夏木古丽"}}),
    "enrol binding": (
        "login/enrol_binding.html",
        {"flow": "recover", "stage": "choose", "face_url": "/face", "register_phone": True}
        | {"activation": True, "account_phone": True, "errors": {"activation_code": "Wrong."}},
    ),
    "enrol binding, code": ("login/enrol_binding.html", CODE | {"flow": "enrol", "stage": "phone_code"}),
    "enrol credentials": (
        "login/enrol_credentials.html",
        {"flow": "enrol", "passkey": PASSKEY, "passkeys_added": 1, "can_finish": True},
    ),
    "enrol done": ("login/enrol_done.html", {"flow": "enrol", "level": 2, "continue_url": "/on"} | PORTAL),
    "enrol refused": (
        "login/enrol_refused.html",
        {"title": "No", "text": "Because.", "next_steps": ["Do this."], "again_url": "/again"},
    ),
    "recover": ("login/recover.html", {"password_url": "/p", "phone_url": "/p", "passkey_url": "/p"}),
    "expired": ("login/expired.html", {"kind": "expired", "portal_url": "/portal"} | PORTAL),
    "expired, unknown": ("login/expired.html", {"kind": "unknown"}),
    "cookies": ("login/cookies.html", {"retry_url": "/retry", "portal_url": "/portal"}),
    "consent": (
        "oidc/consent.html",
        {"items": ITEMS, "portal_host": "hall.example", "purpose": "Why", "days": 180} | PORTAL,
    ),
    "consent, to a client that registered itself": (
        "oidc/consent.html",
        {"items": ITEMS, "portal_host": "app.example", "is_self_registered": True, "days": 180}
        | PORTAL
        | {"links": LINKS},
    ),
    "consent, in detail": (
        "oidc/consent.html",
        {"items": ITEMS, "portal_host": "app.example", "days": 180, "details": DETAILS, "links": LINKS}
        | PORTAL
        | {"stated_purpose": "To register your flat", "places": ["Tax Office"], "logo_url": "/oauth2/logo/1"},
    ),
    "consent, for an organisation": (
        "oidc/consent.html",
        {"items": ITEMS, "portal_host": "hall.example", "days": 180, "acting": ACTING} | PORTAL,
    ),
    "for whom": (
        "oidc/choose.html",
        {"options": OPTIONS, "chosen": "m", "asked": "a", "may_add": True, "counts_no_more": True} | PORTAL,
    ),
    "for whom of many": (
        "oidc/choose.html",
        {"options": [*OPTIONS, HAT], "is_long": True, "searched": "上海", "more": 3, "may_add": True}
        | {"typed": "91", "code_error": "Wrong"}
        | PORTAL,
    ),
    "for whom, nobody found": (
        "oidc/choose.html",
        {"options": [], "is_long": True, "searched": "x", **WRONG} | PORTAL,
    ),
    "for whom, nobody": ("oidc/choose.html", {"is_nobody": True, "parties": ["business"]} | PORTAL),
    "device": ("oidc/device.html", {}),
    "device, scanned": ("oidc/device.html", {"user_code": "BCDF-GHJK", "is_given": True}),
    "device, wrong": ("oidc/device.html", {"user_code": "BCDF"} | WRONG),
    "device, whose": (
        "oidc/device_confirm.html",
        {"organisation": "City", "asked_at": AT, "minutes": 2, "place": "203.0.*.*"} | PORTAL,
    ),
    "device, near": ("oidc/device_confirm.html", {"asked_at": AT, "minutes": 0, "is_same_network": True}),
    "answered": ("oidc/answered.html", {"is_approved": True} | PORTAL),
    "answered, no": ("oidc/answered.html", {}),
    "form post": (
        "oidc/form_post.html",
        {"action": "https://portal.example/callback", "fields": [("code", "c" * 43), ("state", "s")]},
    ),
    "logout": ("oidc/logout.html", PORTAL),
    "logout, of somebody else": ("oidc/logout.html", {"is_about_somebody_else": True} | PORTAL),
    "logout, done": ("oidc/logout_done.html", {"portal_url": "/portal"} | PORTAL),
    "logout, telling portals": (
        "oidc/logout_done.html",
        {"portal_url": "/portal", "frames": ["https://a.example/bye"], "goes_on": True} | PORTAL,
    ),
    "error": (
        "errors/error.html",
        {"status": 500, "title": "Wrong", "text": "Sorry.", "reference": "K7F3-9QXM"},
    ),
    "account": (
        "account/home.html",
        ACCOUNT
        | {"level": 2, "password_changed_at": AT, "passkeys": [ONE_PASSKEY], "consents": [ONE_CONSENT]}
        | {"face_consent": {"given_at": AT, "text_version": "2026-11"}}
        | {"faces_kept": KEPT, "face_keeping_url": "/account/face-keeping", "developer_url": "/developer"},
    ),
    "account, bare": ("account/home.html", ACCOUNT | {"level": 1, "passkeys": [], "consents": []}),
    "e-mail": ("account/email.html", {"stage": "address", "address_masked": "z***@mail.example", **EMAIL}),
    "e-mail, wrong": (
        "account/email.html",
        {"stage": "address", "values": {"email": "zhang"}, "errors": {"email": "No address."}, **EMAIL},
    ),
    "e-mail, code": (
        "account/email.html",
        {"stage": "code", "sent_to": "zhang@mail.example", "resend_after": 42, **EMAIL},
    ),
    "account, asked": (
        "account/home.html",
        ACCOUNT
        | {"level": 2, "requests_waiting": 2, "requests_url": "/account/requests"}
        | {"invitations_waiting": 1, "mandates_url": "/account/mandates"},
    ),
    "requests": (
        "account/requests.html",
        {
            "requests": [ONE_REQUEST, ONE_REQUEST | {"message": "", "asked_at": AT + timedelta(minutes=1)}],
            "account_url": "/account",
        },
    ),
    "requests, none": (
        "account/requests.html",
        {"requests": [], "notice": "Refused.", "account_url": "/account"},
    ),
    **MANDATE_PAGES,
    **ORGANISATION_PAGES,
    **SECURITY_FIGURES,
    **DEVELOPER_CONSOLE,
    **DEVELOPER_CHECKER,
    **DEVELOPER_DOCTOR,
    **DEVELOPER_EDITING,
    **DEVELOPER_USAGE,
    **SANDBOX_PAGES,
    **GOING_LIVE,
    **SANDBOX_ROOM,
    **DEVELOPER_KEYS,
    "password": ("account/password.html", {"has_password": True, "account_url": "/account"}),
    "messages": (
        "sandbox/messages.html",
        {"messages": [{"sent_at": AT, "to": "+86", "text": "123456"}]}
        | {
            "people": [
                {
                    "name": "张三",
                    "number": "1",
                    "phone": "2",
                    "password": "3",
                    "note": "4",
                    "cares_for": ["李四"],
                }
            ]
        }
        | {"organisations": [{"name": LONG_NAME, "code": "91", "represented_by": "张三", "note": "4"}]},
    ),
}
