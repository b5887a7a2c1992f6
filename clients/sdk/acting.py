"""For whom somebody acts: the provider's claim `acting_for`, read strictly.

`sub` always is the person in front of the screen. Who acts for an organisation or for somebody else has this
claim beside it, and what they do is done for that one: a portal that takes it for the person's own, or a
mandate for one matter for one of all, does harm. So whatever cannot be read whole is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .errors import AnswerRejected, NotCovered

CLAIM = "acting_for"
ORGANISATION, PERSON = "organisation", "person"
ROLES = {
    "legal_representative": ORGANISATION,
    "administrator": ORGANISATION,
    "agent": ORGANISATION,
    "relative": PERSON,
    "guardian": PERSON,
}
"""Role -> whom somebody acts for in it."""
CODE = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}")
"""GB 32100: no I, O, S, V or Z."""
TEXT_AT_MOST = 500
MATTERS_AT_MOST = 200


@dataclass(frozen=True)
class ActingFor:
    type: str
    """`organisation` or `person`."""
    sub: str
    """Who that is to this portal, for good. Of a person, the `sub` of their own sign-ins here."""
    role: str
    mandate_id: str
    matters: tuple[str, ...] | None
    """None: all business."""
    expires_at: datetime | None
    """None: no end is set. It may end sooner, and then the provider says so: by a logout notice."""
    unified_social_credit_code: str | None = None
    """Of an organisation, with the scope `organisation`; so is its name."""
    name: str | None = None

    def covers(self, matter: str, now: datetime) -> bool:
        is_over = self.expires_at is not None and self.expires_at <= now
        return not is_over and (self.matters is None or matter in self.matters)


def acting_for(claims: Mapping[str, Any]) -> ActingFor | None:
    """Of an id_token, of userinfo or of an introspection. None: the person acts for nobody but themselves.

    Raises AnswerRejected.
    """
    if CLAIM not in claims:
        return None
    told = claims[CLAIM]
    if not isinstance(told, Mapping):
        raise _unreadable("is not an object")
    role = _text(told, "role")
    if ROLES.get(role) != told.get("type"):
        raise _unreadable("role and type do not go together")
    code, name = _code(told), _optional_text(told, "name")
    if (code is None) != (name is None) or (code is not None and told["type"] != ORGANISATION):
        raise _unreadable("code and name go together, for organisations")
    return ActingFor(
        type=told["type"],
        sub=_text(told, "sub"),
        role=role,
        mandate_id=_text(told, "mandate_id"),
        matters=_matters(told),
        expires_at=_time(told),
        unified_social_credit_code=code,
        name=name,
    )


def of_both(in_id_token: Mapping[str, Any], in_userinfo: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The claim as two answers to one sign-in have it: they must speak of the same mandate. Userinfo may tell
    code and name where the id_token does not, and of what both tell the narrower counts: it is the later one.

    Raises AnswerRejected.
    """
    first, second = acting_for(in_id_token), acting_for(in_userinfo)
    if first is None and second is None:
        return None
    if first is None or second is None or _who(first) != _who(second):
        raise _unreadable("differs between id_token and userinfo")
    found = {**in_id_token[CLAIM], **in_userinfo[CLAIM]}
    if first.matters is not None:
        found["matters"] = [one for one in first.matters if second.matters is None or one in second.matters]
        if not found["matters"]:
            raise _unreadable("differs between id_token and userinfo")
    return found


def require_matter(acting: ActingFor | None, matter: str, now: datetime) -> None:
    """Raises NotCovered. To be asked at the deed, not at sign-in alone: mandates end.

    Who acts as themselves needs no mandate.
    """
    if acting is not None and not acting.covers(matter, now):
        raise NotCovered(f"the mandate does not cover {matter}, or is over")


def _who(one: ActingFor) -> tuple[str, ...]:
    return one.type, one.sub, one.role, one.mandate_id


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= TEXT_AT_MOST:
        raise _unreadable(f"{name} is not a text")
    return value


def _optional_text(told: Mapping[str, Any], name: str) -> str | None:
    return _text(told, name) if name in told else None


def _code(told: Mapping[str, Any]) -> str | None:
    code = _optional_text(told, "unified_social_credit_code")
    if code is not None and not CODE.fullmatch(code):
        raise _unreadable("unified_social_credit_code has not the form of one")
    return code


def _matters(told: Mapping[str, Any]) -> tuple[str, ...] | None:
    """None, which is all, only where nothing is said: an empty list is nobody's mandate."""
    if "matters" not in told:
        return None
    value = told["matters"]
    if not isinstance(value, list) or not 0 < len(value) <= MATTERS_AT_MOST:
        raise _unreadable("matters is not an array with members")
    if not all(isinstance(one, str) and one for one in value):
        raise _unreadable("matters holds something else than codes")
    return tuple(value)


def _time(told: Mapping[str, Any]) -> datetime | None:
    if "exp" not in told:
        return None
    value = told["exp"]
    if isinstance(value, bool) or not isinstance(value, int):
        raise _unreadable("exp is not a number of seconds")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise _unreadable("exp is not a time") from None


def _unreadable(what: str) -> AnswerRejected:
    return AnswerRejected("invalid_acting_for", f"The claim acting_for: {what}.")
