"""Samples of the page of what an app uses."""

from datetime import UTC, datetime, timedelta
from typing import Any

from idp.developer.usage.words import Figure, Line

NOW = datetime(2026, 11, 22, 8, 10, tzinfo=UTC)
SECTIONS = [{"url": "/developer", "words": "Apps", "current": True}]
APP_SECTIONS = [
    {"url": "/developer/apps/a", "words": "Overview", "current": False},
    {"url": "/developer/apps/a/usage", "words": "Usage", "current": True},
]
APP = {
    "id": "a",
    "name": "市政务服务大厅（网上办事、预约、查询、缴费一体化平台）Very-Long-Name-Without-Any-Space",
    "client_id": "hall",
    "url": "/developer/apps/a",
    "kind": "server-side",
    "team": "张三丰的团队",
    "team_url": "/developer/teams/t",
    "role": "所有者",
    "state": "active",
    "state_words": "Works",
    "state_explained": "People can sign in to it.",
    "works": True,
    "is_draft": False,
}


def _chart(columns: tuple[str, ...], *, empty: bool = False) -> dict[str, Any]:
    begins = [NOW.replace(minute=0) - timedelta(hours=23 - hour) for hour in range(24)]
    return {
        "columns": [{"words": words, "colour": place} for place, words in enumerate(columns, 1)],
        "rows": [
            {
                "at": int(begin.timestamp()),
                "words": f"{begin:%m-%d %H:%M}",
                "counts": [
                    ("–" if columns[0].startswith("p50") else 0)
                    if empty or hour < 7
                    else (hour * 37 % 101) * (len(columns) - place)
                    for place in range(len(columns))
                ],
            }
            for hour, begin in enumerate(begins)
        ],
    }


def _page(*, empty: bool = False, **changes: Any) -> dict[str, Any]:
    lines = (
        [] if empty else [Line("invalid_grant", "1,204", "83%", 83, True), Line("all others", "9", "1%", 1)]
    )
    numbers = ("0", "0", "0", "0", "–", "0") if empty else ("128,204", "3,912", "1,213", "2", "2.4 ms", "417")
    names = ("requests", "sign-ins", "refused", "failed", "median", "limited")
    return {
        "here": None,
        "sections": SECTIONS,
        "app": APP,
        "app_sections": APP_SECTIONS,
        "ranges": [
            {"words": "24 hours", "url": "?range=24h", "current": True},
            {"words": "7 days", "url": "?range=7d", "current": False},
            {"words": "30 days", "url": "?range=30d", "current": False},
        ],
        "range_name": "24 hours",
        "files": [{"id": "csv", "url": "usage.csv"}, {"id": "json", "url": "usage.json"}],
        "figures": [
            Figure(name, name, number, "up to 100% of a minute's limit", not empty and name == "limited")
            for name, number in zip(names, numbers, strict=True)
        ],
        "charts": {
            "requests": _chart(("Answered", "Refused", "Beyond the limit", "Failed"), empty=empty),
            "latency": _chart(("p50, ms", "p95, ms"), empty=empty),
            "sign_ins": _chart(("Sign-ins", "Refusals that the app was told"), empty=empty),
        },
        "tables": {
            "refused": lines,
            "people": [] if empty else [Line("Password: not right", "31", "100%", 100)],
            "grants": []
            if empty
            else [Line("urn:ietf:params:oauth:grant-type:device_code", "12", "100%", 100, True)],
            "endpoints": [] if empty else [Line("/oauth2/backchannel/authentication", "12", "9%", 9, True)],
        },
        "people": {"first": NOW - timedelta(days=1), "until": NOW, "has_more": True},
        "counted_to": None if empty else NOW,
        "minutes_late": 5,
        "limits": {
            "requests": "1,200",
            "is_by_address": empty,
            "days": []
            if empty
            else [
                {
                    "id": "sign-ins",
                    "words": "Sign-ins today",
                    "says": "2,000 of 2,000",
                    "percent": 100,
                    "is_used_up": True,
                },
                {
                    "id": "messages",
                    "words": "Messages today",
                    "says": "12 of 200",
                    "percent": 6,
                    "is_used_up": False,
                },
            ],
        },
        **changes,
    }


DEVELOPER_USAGE: dict[str, tuple[str, dict[str, Any]]] = {
    "what an app uses": ("developer/usage/usage.html", _page()),
    "what an app uses that has asked for nothing": ("developer/usage/usage.html", _page(empty=True)),
}
