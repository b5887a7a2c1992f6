"""What of a document a template asks for (OpenID Connect for Identity Assurance 1.0 sections 5.5 to 5.7).

A template is JSON: null asks for a thing as it is; an object asks for the members that it names, or
constrains a value by `value`, `values` or `max_age`; an array holds alternatives for the members of an array.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from idp.oidc.claims.asked import CONSTRAINTS, is_same

DEMANDS = ("value", "values", "max_age")
INDISPENSABLE = frozenset({"type", "check_method", "content_type", "content"})
"""Members without which what they lie in is not valid (Identity Assurance Schema sections 4.2, Attachments
section 3): they come along wherever something beside them is asked for."""


class NotMet(Exception):
    """A demand that the document does not meet: nothing of it may be delivered."""


def select(template: Any, offered: Any, now: datetime) -> Any:
    """The part of `offered` that is asked for. A member that is not there is left out. Raises NotMet."""
    if isinstance(offered, list):
        return offered if template is None else _of_list(template, offered, now)
    if isinstance(template, list):
        return _of_alternatives(template, offered, now)
    if template is None:
        return offered
    if isinstance(offered, Mapping):
        return _of_object(template, offered, now)
    if not _accepts(template, offered, now):
        raise NotMet
    return offered


def _of_object(template: Mapping[str, Any], offered: Mapping[str, Any], now: datetime) -> Any:
    if any(demand in template for demand in DEMANDS):
        raise NotMet
    wanted = {name: inner for name, inner in template.items() if name not in CONSTRAINTS}
    if not wanted:
        return offered
    picked = {name: value for name, value in offered.items() if name in INDISPENSABLE}
    for name, inner in wanted.items():
        if name in offered:
            picked[name] = select(inner, offered[name], now)
        elif _demands(inner):
            raise NotMet
    return picked


def _of_list(template: Any, offered: list[Any], now: datetime) -> list[Any]:
    """Each member that one of the alternatives fits (a logical or)."""
    alternatives = template if isinstance(template, list) else [template]
    found = []
    for member in offered:
        try:
            found.append(_of_alternatives(alternatives, member, now))
        except NotMet:
            continue
    if not found:
        raise NotMet
    return found


def _of_alternatives(alternatives: list[Any], member: Any, now: datetime) -> Any:
    """What all the alternatives that fit ask for, together."""
    fitting = []
    for alternative in alternatives:
        try:
            fitting.append(select(alternative, member, now))
        except NotMet:
            continue
    if not fitting:
        raise NotMet
    if all(isinstance(one, Mapping) for one in fitting):
        return {name: value for one in fitting for name, value in one.items()}
    return fitting[0]


def _accepts(template: Mapping[str, Any], value: Any, now: datetime) -> bool:
    values = template.get("values", [template["value"]] if "value" in template else None)
    if values is not None and not any(is_same(value, wanted) for wanted in values):
        return False
    if "max_age" in template:
        at = _time(value)
        # Whole seconds, as the document shows them.
        return at is not None and int((now - at).total_seconds()) <= template["max_age"]
    return True


def _demands(template: Any) -> bool:
    if isinstance(template, list):
        return any(map(_demands, template))
    if not isinstance(template, Mapping):
        return False
    return any(demand in template for demand in DEMANDS) or any(map(_demands, template.values()))


def _time(value: Any) -> datetime | None:
    """Section 5.6.2: a day counts from its last second."""
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    if len(value) == len("2026-11-22"):
        return datetime.combine(at.date(), time(23, 59, 59), UTC)
    return at if at.tzinfo is not None else None
