"""The checklist of an app in words, each item with the way to where it is mended."""

from collections.abc import Iterable
from typing import Any

from idp.apps.going_live.checklist import SEEN, USING, Item, Outcome
from idp.developer import words
from idp.extensions import services
from idp.locales import gettext as _

TAKE = "/developer/going-live"
"""In production: where the sandbox's word on an app is taken in."""


def items(found: Iterable[Item], path: str | None, kind: str) -> list[dict[str, Any]]:
    """`path`: of the app, where each is mended; None for who only looks. `kind`: of the app."""
    return [
        {
            "name": one.name,
            "words": _(one.words),
            "outcome": one.outcome.value,
            "outcome_words": outcome(one.outcome),
            "url": None if path is None or one.outcome is Outcome.DONE else _mended_at(one, path, kind),
        }
        for one in found
    ]


def outcome(one: Outcome) -> str:
    return {
        Outcome.DONE: _("Done"),
        Outcome.MISSING: _("Missing"),
        Outcome.ADVISED: _("Better with it"),
        Outcome.NOT_NEEDED: _("Not needed"),
    }[one]


def _mended_at(one: Item, path: str, kind: str) -> str | None:
    settings = services().settings
    if one.section in SEEN and not settings.sandbox:
        # There it is not seen: the sandbox says it.
        return TAKE if settings.developer.sandbox_issuer else None
    return words.quick_start(kind) if one.section == USING else f"{path}{one.section}"
