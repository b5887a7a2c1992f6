"""Samples of the pages of secrets, keys and history, from what their views give."""

from datetime import date, timedelta
from typing import Any

from tests.contracts.sample_developer_usage import APP, NOW, SECTIONS

BASE = "/developer/apps/a/keys"
CONSOLE: dict[str, Any] = {
    "here": None,
    "sections": SECTIONS,
    "app": APP,
    "app_sections": [
        {"url": "/developer/apps/a", "words": "Overview", "current": False},
        {"url": BASE, "words": "Secrets and keys", "current": True},
        {"url": "/developer/apps/a/history", "words": "History", "current": False},
    ],
}
LONG = "市政务服务大厅（网上办事、预约、查询、缴费一体化平台）Very-Long-Name-Without-Space"


def _ends(days: int) -> dict[str, Any]:
    at = NOW + timedelta(days=days)
    return {"at": at, "days": days, "is_over": days < 0, "is_soon": 0 <= days < 30}


def _secret(label: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": "s",
        "label": label,
        "made_at": NOW,
        "made_by": "张三丰",
        "ends": _ends(300),
        "last_used": date(2026, 11, 21),
        "has_left": False,
        "revoke_url": f"{BASE}/secrets/s/revoke",
        **changes,
    }


def _key(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "kid": "8U5lXIjvui3hjvA0JPn0B6pbwwbcCNaP2aTwZZFy_WQ",
        "thumbprint": "8U5lXIjvui3hjvA0JPn0B6pbwwbcCNaP2aTwZZFy_WQ",
        "kind": "EC P-256",
        "algorithm": "ES256",
        "use": "signing",
        "ends": None,
        "name": "Server 1",
        "added_at": NOW,
        "added_by": "张三丰",
        "last_used": date(2026, 11, 21),
        "has_left": False,
        **changes,
    }


KEYS: dict[str, Any] = CONSOLE | {
    "base": BASE,
    "method": "client_secret_basic",
    "has_secret": True,
    "needs_keys": False,
    "secrets": [
        _secret(LONG, ends=_ends(12)),
        _secret("Server 2", last_used=None, has_left=True),
        _secret("Server 3", ends=_ends(-3)),
        _secret("Server 4", ends=None),
    ],
    "secrets_at_most": 5,
    "days": 365,
    "days_at_most": 730,
    "jwks_uri": None,
    "keys": [
        _key(1),
        _key(2, kid="k" * 128, ends=_ends(4), algorithm=None, name="", last_used=None, has_left=True),
    ],
    "fetched": None,
    "may_change": True,
    "must_prove": True,
    "errors": {},
    "typed": {},
}
ENTRY: dict[str, Any] = {
    "number": 7,
    "at": NOW,
    "who": "张三丰",
    "what": "Changed",
    "differences": [
        {
            "name": "redirect_uris",
            "label": "Where people come back to",
            "gone": ["https://hall.example.gov.cn/callback"],
            "come": ["https://hall.example.gov.cn/" + "a-very-long-path-" * 12],
        },
        {"name": "contacts", "label": "Contacts", "gone": ["dev@hall.example"], "come": []},
        {"name": "scope", "label": "Scopes", "gone": [], "come": []},
    ],
    "undo_url": "/developer/apps/a/history/6/undo",
}
SAME = ENTRY | {"number": 4, "differences": [], "undo_url": None, "why_not": "没有可恢复的内容：" * 5}
HISTORY: dict[str, Any] = CONSOLE | {
    "entries": [
        ENTRY | {"undo_url": None},
        ENTRY | {"number": 6},
        ENTRY | {"number": 5, "differences": []},
        SAME,
    ],
    "kept_at_most": 200,
    "older_url": "/developer/apps/a/history?from=20",
    "newer_url": "/developer/apps/a/history?from=0",
}
UNDO: dict[str, Any] = CONSOLE | {
    "number": 6,
    "at": NOW,
    "differences": ENTRY["differences"],
    "changes": 2,
    "who": ["张三丰", "the operator"],
    "expected": 8,
    "action": "/developer/apps/a/history/6/undo",
    "back": "/developer/apps/a/history",
}
REVOKE: dict[str, Any] = CONSOLE | {
    "label": LONG,
    "made_at": NOW,
    "last_used": date(2026, 11, 21),
    "is_last": True,
    "seconds": 2,
    "action": f"{BASE}/secrets/s/revoke",
    "back": BASE,
}
PAGE = "developer/keys/keys.html"
DEVELOPER_KEYS: dict[str, tuple[str, dict[str, Any]]] = {
    "developer: secrets and keys": (PAGE, KEYS),
    "developer: secrets and keys, empty": (
        PAGE,
        KEYS
        | {"secrets": [], "keys": [], "must_prove": False, "jwks_uri": "https://hall.example.gov.cn/jwks"},
    ),
    "developer: secrets and keys, fetched": (
        PAGE,
        KEYS
        | {
            "keys": [],
            "jwks_uri": "https://hall.example.gov.cn/jwks",
            "seen_keys": [
                {"kid": "2026-11-" + "x" * 60, "last_used": date(2026, 11, 22), "added_at": NOW},
                {"kid": "<b>", "last_used": date(2026, 11, 2), "added_at": NOW},
            ],
        },
    ),
    "developer: secrets and keys, wrong": (
        PAGE,
        KEYS
        | {
            "has_secret": False,
            "needs_keys": True,
            "method": "private_key_jwt",
            "keys": [],
            "error": "This app proves itself without a secret.",
            "errors": {"jwks": "This is a private key.", "jwks_uri": "no https", "label": "too long"},
            "fetched": {
                "uri": "https://hall.example/jwks",
                "wrong": None,
                "keys": [_key(1)],
                "passed_over": 1,
            },
        },
    ),
    "developer: secrets and keys, nothing fetched": (
        PAGE,
        KEYS
        | {
            "fetched": {"uri": "https://h.example/", "wrong": "Nobody answers.", "keys": [], "passed_over": 0}
        },
    ),
    "developer: secrets and keys, reading": (PAGE, KEYS | {"may_change": False}),
    "developer: secrets and keys, draft": (PAGE, KEYS | {"method": None, "secrets": [], "has_secret": False}),
    "developer: a new secret": (
        "developer/keys/made.html",
        CONSOLE | {"secret": "s" * 43, "label": LONG, "ends": NOW, "base": BASE},
    ),
    "developer: revoking a secret": ("developer/keys/revoke.html", REVOKE),
    "developer: history": ("developer/history/history.html", HISTORY),
    "developer: history, empty": (
        "developer/history/history.html",
        HISTORY | {"entries": [], "older_url": None, "newer_url": None},
    ),
    "developer: going back": ("developer/history/undo.html", UNDO),
    "developer: going back to the same": ("developer/history/undo.html", UNDO | {"differences": []}),
}
