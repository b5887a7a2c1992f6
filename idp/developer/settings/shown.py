"""What the page of settings shows: each group with its controls, and what stands fast."""

import json
from collections.abc import Mapping
from typing import Any

from idp.developer import controls
from idp.developer.explained import field_words, problem_words
from idp.developer.settings.groups import CONTROLS, FIXED, GROUPS
from idp.locales import gettext as _
from idp.oidc.clients.explaining.whole import Explained


def groups(fields: Mapping[str, Any], explained: Explained | None) -> list[dict[str, Any]]:
    found = []
    for group in GROUPS:
        inside = [controls.shown(one, fields, explained) for one in group.controls]
        has_problem = any(_has_problem(one) for one in inside)
        found.append(
            {
                "code": group.code,
                "title": _(group.title),
                "fields": inside,
                "is_folded": group.is_folded,
                # What is wrong is never hidden in a fold.
                "is_open": not group.is_folded or has_problem or _says_something(group.controls, fields),
            }
        )
    return found


def fixed(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        field_words(name) | {"value": _plain(fields[name])} for name in FIXED if fields.get(name) is not None
    ]


def elsewhere(explained: Explained | None) -> list[dict[str, Any]]:
    """Problems that no control of the page has."""
    if explained is None:
        return []
    here = {one.name for one in CONTROLS}
    return [problem_words(one) for one in explained.problems if one.field.partition("#")[0] not in here]


def _has_problem(one: Mapping[str, Any]) -> bool:
    return bool(one.get("problems")) or any(map(_has_problem, one.get("languages", ())))


def _says_something(inside: tuple[controls.Control, ...], fields: Mapping[str, Any]) -> bool:
    return any(bool(fields.get(one.name)) for one in inside)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
