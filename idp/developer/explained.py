"""What pages show of fields and of problems with them, in the language of the page."""

from collections.abc import Iterable
from typing import Any

from idp.locales import gettext as _
from idp.oidc.clients.explaining.fields import FIELDS
from idp.oidc.clients.explaining.problems import Problem

LANGUAGE_NAMES = {"zh-CN": "简体中文", "zh-Hant": "繁體中文", "en": "English"}


def control_id(name: str) -> str:
    """Of the control for a field: ids have no #."""
    return "field-" + name.replace("#", "--")


def field_words(name: str) -> dict[str, Any]:
    """Of a field by its registered name, with or without a language tag."""
    base, _sign, tag = name.partition("#")
    known = FIELDS[base]
    return {
        "name": name,
        "id": control_id(name),
        "label": _(known.label),
        "what": _(known.what),
        "source": f"{known.source.title} §{known.source.section}" if known.source.title else "",
        "source_url": known.source.url,
        "language": LANGUAGE_NAMES.get(tag, tag),
    }


def problem_words(problem: Problem) -> dict[str, Any]:
    words = problem.words
    return {
        "field": problem.field,
        "id": control_id(problem.field),
        "label": _(FIELDS[base].label) if (base := problem.field.partition("#")[0]) in FIELDS else "",
        "wrong": _(words.wrong, **problem.values),
        "mend": _(words.mend, **problem.values) if words.mend else "",
        "typed": problem.typed,
        "better": problem.better,
        "is_grave": problem.is_grave,
    }


def by_field(problems: Iterable[Problem]) -> dict[str, list[dict[str, Any]]]:
    """Under the registered names; what concerns no single field under the empty name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for problem in problems:
        found.setdefault(problem.field, []).append(problem_words(problem))
    return found
