"""What stands in a form for a field of a registration, and back: what was typed is never lost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from werkzeug.datastructures import MultiDict

from idp.developer.explained import field_words, problem_words
from idp.locales import gettext as _
from idp.oidc.clients.explaining.whole import Explained
from idp.oidc.clients.metadata import WEB_URIS, ClientMetadata

TEXT_AT_MOST, LINES_AT_MOST = 4000, 20_000
"""Characters of one control: far beyond what any rule allows, so that rules say what is too long."""
LANGUAGES = ("", "zh-CN", "zh-Hant", "en")
"""That a form asks for; texts in others are kept, and have their control where there are some."""


class Widget(StrEnum):
    TEXT = "text"
    LINES = "lines"
    SELECT = "select"
    TICK = "tick"
    TICKS = "ticks"
    NUMBER = "number"
    LOCALIZED = "localized"


@dataclass(frozen=True, slots=True)
class Control:
    """One field of a form. `options`: each value with its words, by `gettext_noop`, or none."""

    name: str
    widget: Widget
    options: tuple[tuple[str, str], ...] = ()


Form = MultiDict[str, str]


def typed(controls: Iterable[Control], form: Form, before: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they are after the form: those that it asks for, and all others as they were."""
    asked = {one.name for one in controls}
    fields = {name: value for name, value in before.items() if name.partition("#")[0] not in asked}
    for one in controls:
        fields.update(_values(one, form, before))
    return fields


def shown(control: Control, fields: Mapping[str, Any], explained: Explained | None) -> dict[str, Any]:
    """For the template, with what stands there now. `fields`: as `typed` makes them."""
    if control.widget is Widget.LOCALIZED:
        one = field_words(control.name)
        tags = _tags(control.name, fields)
        names = [f"{control.name}#{tag}" if tag else control.name for tag in tags]
        one["languages"] = [_one(name, fields, explained) | {"tag": name.partition("#")[2]} for name in names]
        others = one["languages"][1:]
        # An address is mostly the same for everybody; a name never is.
        is_address = control.name in WEB_URIS
        folded = is_address and not any(each["value"] or each["problems"] for each in others)
        return one | {"widget": control.widget.value, "is_folded": folded}
    one = _one(control.name, fields, explained) | {"widget": control.widget.value}
    one["value"] = _standing(control, fields)
    # Words are ours; a name out of a specification has none.
    one["options"] = [
        {"value": value, "words": _(words) if words else value} for value, words in control.options
    ]
    return one


def _one(name: str, fields: Mapping[str, Any], explained: Explained | None) -> dict[str, Any]:
    problems = () if explained is None else explained.problems
    return field_words(name) | {
        "value": fields.get(name, ""),
        "problems": [problem_words(one) for one in problems if one.field == name],
    }


def _standing(control: Control, fields: Mapping[str, Any]) -> Any:
    value = fields.get(control.name, _default(control.name))
    match control.widget:
        case Widget.LINES:
            return "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
        case Widget.TICKS:
            return list(value or ())
        case Widget.TICK:
            return bool(value)
        case _:
            return "" if value is None else str(value)


def _default(name: str) -> Any:
    field = ClientMetadata.model_fields.get(name)
    return None if field is None or field.is_required() else field.get_default(call_default_factory=True)


def _values(control: Control, form: Form, before: Mapping[str, Any]) -> dict[str, Any]:
    name = control.name
    if control.widget not in {Widget.TICK, Widget.TICKS, Widget.LOCALIZED} and name not in form:
        # Nobody was asked: browsers send what is left empty, and leave out unticked boxes alone.
        return {name: before[name]} if name in before else {}
    text = form.get(name, "")[:TEXT_AT_MOST]
    match control.widget:
        case Widget.LOCALIZED:
            names = [f"{name}#{tag}" if tag else name for tag in _tags(name, before)]
            given = {one: form.get(one, before.get(one, ""))[:TEXT_AT_MOST] for one in names}
            return {one: value for one, value in given.items() if value or one == "client_name"}
        case Widget.LINES:
            lines = form.get(name, "")[:LINES_AT_MOST].replace("\r\n", "\n").split("\n")
            return {name: [line for line in lines if line.strip()]}
        case Widget.TICKS:
            return {name: form.getlist(name)[:100]}
        case Widget.TICK:
            return {name: name in form}
        case Widget.NUMBER:
            if not text.strip():
                return {}
            is_number = text.strip().isascii() and text.strip().isdigit() and len(text.strip()) < 12
            return {name: int(text) if is_number else text}
        case _:
            return {name: text} if text else {}


def _tags(name: str, fields: Mapping[str, Any]) -> list[str]:
    there = (one.partition("#")[2] for one in fields if one.partition("#")[0] == name)
    return list(dict.fromkeys((*LANGUAGES, *there)))
