"""Samples of the page where an app's outcomes are chosen."""

from datetime import UTC, datetime
from typing import Any

from idp.developer.sandbox.shown import COUNTS
from idp.sandbox.outcomes.catalogue import CATALOGUE, PLACE_WORDS, Place
from tests.contracts.sample_developer_usage import APP, APP_SECTIONS, SECTIONS

NOW = datetime(2026, 11, 22, 8, 10, tzinfo=UTC)


def _page(**changes: Any) -> dict[str, Any]:
    chosen = [one for one in CATALOGUE if one.name in {"id_token_extra_aud", "slow_token"}]
    return {
        "here": None,
        "sections": SECTIONS,
        "app": APP,
        "app_sections": APP_SECTIONS,
        "url": "/developer/apps/a/sandbox",
        "may_choose": True,
        "proof_is_old": True,
        "held": {
            "outcomes": [
                {
                    "name": one.name,
                    "words": one.words,
                    "correct": "The app refuses the ID token, drops all tokens and signs nobody in.",
                    "section": one.section,
                }
                for one in chosen
            ],
            "left": 2,
            "seconds": 5,
            "until": NOW,
        },
        "runs": [
            {
                "number": number,
                "fault_seen": number == 2,
                "observed": [
                    {"at": NOW, "words": "The answer left, with the error unmet_authentication_requirements"},
                    {"at": NOW, "words": "The app used the access token at userinfo, and got 200"},
                ],
            }
            for number in (2, 1)
        ],
        "logouts": [
            {"at": NOW, "words": "A logout token without its event", "status": 200, "fault_seen": True},
            {"at": NOW, "words": "The same logout token twice", "status": None, "fault_seen": False},
        ],
        "places": [
            {
                "name": place.value,
                "words": PLACE_WORDS[place],
                "options": [
                    {"value": one.name, "words": one.words, "chosen": one in chosen}
                    for one in CATALOGUE
                    if one.place is place
                ],
            }
            for place in Place
        ],
        "counts": [{"value": value, "words": value, "chosen": value == "1"} for value in COUNTS],
        "seconds": [{"value": "5", "words": "5 seconds", "chosen": True}],
        "tokens": [
            {"name": "持续集成 with-a-very-long-name-of-sixty-characters-without-any-space", "until": NOW,
             "withdraw_url": "/developer/apps/a/sandbox/tokens/0/withdraw"},
        ],
        "api_url": "https://id.example/sandbox/apps/hall/outcomes",
        **changes,
    }  # fmt: skip


SANDBOX_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "outcomes": ("developer/sandbox/sandbox.html", _page()),
    "outcomes, a new token": (
        "developer/sandbox/sandbox.html",
        _page(new_token="yts_0_" + "x" * 43, new_until=NOW, proof_is_old=False),
    ),
    "outcomes, nothing chosen": (
        "developer/sandbox/sandbox.html",
        _page(held=None, runs=[], logouts=[], tokens=[], error="Choose at least one outcome."),
    ),
    "outcomes, nobody signed in": ("developer/sandbox/sandbox.html", _page(runs=[], logouts=[])),
    "outcomes, of a viewer": ("developer/sandbox/sandbox.html", _page(may_choose=False)),
}
