"""What an officer looks for, as a form and as an address say it.

An address holds ids and codes alone: whatever could be the number of a person's card, or a telephone's, is
refused wherever it is typed, and never shown again. A person is found by their number in `looking_up`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from idp.audit.events import CATALOGUE
from idp.audit.fields import LARGEST, MOST_ITEMS, is_identifier
from idp.audit.fields import UUID as UUID_TEXT
from idp.audit.searching import Result, Sought, Span
from idp.china_time import CHINA_TIME
from idp.extensions import services
from idp.locales import gettext as _

ANY_DIGITS: Final = re.compile(r"\d{11}")
MOST_TEXT: Final = 64
LOCAL: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?")
IDS: Final = ("client", "device", "session", "actor", "request", "interaction")
UUIDS: Final = ("person", "organisation")
ONES: Final = (*UUIDS, *IDS, "address", "text", "result", "level", "from", "to")
"""Parameters that stand once."""
NOBODY: Final = "nobody"
"""In the place of a person: of a number that nobody has."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """As they stand in an address, checked. Empty: does not matter."""

    given: Mapping[str, str] = field(default_factory=dict)
    """Of the parameters that stand once those that are given, by their name."""
    events: tuple[str, ...] = ()
    exact_level: bool = False
    problems: Mapping[str, str] = field(default_factory=dict)
    """By parameter: what is wrong with what was given, which is nowhere else here."""

    @property
    def is_of_nobody(self) -> bool:
        return self.given.get("person") == NOBODY

    def names(self) -> tuple[str, ...]:
        """What was given, by its name, as `audit_searched` has it."""
        found = [*self.given, *(["event"] if self.events else []), *(["exact"] if self.exact_level else [])]
        return tuple(found)

    def query(self) -> dict[str, Any]:
        """As an address has it."""
        found: dict[str, Any] = dict(self.given)
        if self.events:
            found["event"] = list(self.events)
        if self.exact_level:
            found["exact"] = "1"
        return found

    def sought(self) -> Sought:
        given = self.given
        return Sought(
            Span(_moment(given.get("from", "")), _moment(given.get("to", ""))),
            names=self.events,
            result=Result(given["result"]) if "result" in given else None,
            person_id=given.get("person"),
            client_id=given.get("client"),
            organisation_id=given.get("organisation"),
            request_id=given.get("request"),
            interaction_id=given.get("interaction"),
            session_id=given.get("session"),
            device=given.get("device"),
            actor=given.get("actor"),
            address=given.get("address"),
            level=int(given["level"]) if "level" in given else None,
            is_exact_level=self.exact_level,
            text=given.get("text"),
        )


def read(values: Mapping[str, str], events: list[str], *, exact: bool = False) -> Criteria:
    """Of a form or an address."""
    given: dict[str, str] = {}
    problems: dict[str, str] = {}
    for name in ONES:
        typed = values.get(name, "").strip()
        if not typed:
            continue
        try:
            given[name] = _checked(name, typed)
        except ValueError:
            problems[name] = _problem(name)
    known = tuple(dict.fromkeys(name for name in events if name in CATALOGUE))
    if len(known) > MOST_ITEMS:
        problems["event"] = _("At most %(count)s kinds of events at a time.", count=MOST_ITEMS)
        known = ()
    begin, end = _moment(given.get("from", "")), _moment(given.get("to", ""))
    if begin is not None and end is not None and begin >= end:
        problems["to"] = _("The end lies before the beginning.")
        del given["to"]
    return Criteria(given, known, exact_level=exact and "level" in given, problems=problems)


def wrong(names: Iterable[str]) -> dict[str, str]:
    """Problems of parameters whose values are not told."""
    return {name: _problem(name) for name in names if name in ONES}


def _checked(name: str, typed: str) -> str:
    """As it stands in an address. Raises ValueError."""
    if name in UUIDS:
        return typed if typed == NOBODY and name == "person" else str(UUID(typed))
    if name in {"from", "to"}:
        if LOCAL.fullmatch(typed) is None or _moment(typed) is None:
            raise ValueError
        return typed
    if name == "result":
        return Result(typed).value
    if name in {"level", "address"}:
        found = services().addresses
        sought = Sought(level=int(typed)) if name == "level" else Sought(address=found.sought(typed))
        return str(sought.level) if name == "level" else str(sought.address)
    # An id may have eleven digits on end by chance, and is no number of anybody's.
    has_number = ANY_DIGITS.search(typed) is not None and UUID_TEXT.fullmatch(typed) is None
    if name == "text" and (len(typed) > MOST_TEXT or has_number):
        raise ValueError
    if not is_identifier(typed):
        raise ValueError
    return typed


def _problem(name: str) -> str:
    words = {
        "person": _("Not the id of a person. A number goes into the field for it."),
        "organisation": _("Not an organisation that is known here."),
        "address": _("Neither an address nor a range such as 192.0.2.0/24."),
        "level": _("A level is 1, 2, 3 or 4."),
        "from": _("Not a date and time."),
        "to": _("Not a date and time."),
        "text": _("Codes and ids alone: letters, digits and . _ : ~ -, no number of a person."),
    }
    return words.get(name) or _("This cannot be one of these ids.")


def _moment(text: str) -> datetime | None:
    """A local time is China's."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=CHINA_TIME).astimezone(UTC)
        # The event of the search tells it, and is no place for longer numbers.
        return moment if abs(moment.timestamp()) < LARGEST else None
    except (ValueError, OverflowError):
        return None
