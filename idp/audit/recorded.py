"""Events as they stand in the log, whatever version wrote them.

An old event lacks the fields that came after it: they are absent, as one that holds nothing is. Of a name
or a version that this program does not know, which a later one wrote, everything is kept as it is; so is a
payload that is none, which nobody but a forger writes, and which must not stop whoever reads on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from json import JSONDecoder
from math import isfinite
from typing import Any

from idp.audit.events import CATALOGUE
from idp.audit.fields import FIRST_VERSION, VERSION_KEY
from idp.audit.models import AuditEvent

TABLE = AuditEvent.__table__
COLUMNS = tuple(
    TABLE.columns[name]
    for name in (
        *("xid", "seq", "id", "at", "name", "person_id", "client_id", "request_id", "address", "device"),
        *("interaction_id", "actor", "payload"),
    )
)
"""What `Recorded.of` takes, in this order."""
UNREADABLE = 0
"""Stands for the version where the payload cannot be read."""
DEEPEST = 32
"""Brackets of a payload. An event has a few lists of codes; what goes deeper could end whoever reads it."""
NO_TEXT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
"""What no database, or no encoding, takes as text: ours are codes, which need no escapes."""
LONGEST = 65_536
"""Characters of a payload; ours are shorter by far. A sink that refuses one event for its size takes none of
those behind it."""
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
"""A time beyond these is none, and windows around it could not be computed."""
Place = tuple[int, int]
"""`(xid, seq)`: where a row stands in the order that no later commit disturbs."""


@dataclass(frozen=True, slots=True)
class Recorded:
    place: Place
    id: str
    at: datetime
    name: str
    version: int
    person_id: str | None
    client_id: str | None
    request_id: str | None
    address: str | None
    device: str | None
    interaction_id: str | None
    actor: str | None
    fields: dict[str, Any]
    """What the payload says, the version apart."""

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Recorded":
        """`row`: as COLUMNS."""
        found = {column.name: value for column, value in zip(COLUMNS, row, strict=True)}
        place, at, payload = (found.pop("xid"), found.pop("seq")), found.pop("at"), found.pop("payload")
        try:
            fields = _fields(payload)
            version = int(fields.pop(VERSION_KEY, FIRST_VERSION))
        except (ValueError, TypeError, OverflowError, RecursionError):
            fields, version = {"payload": str(payload)[:LONGEST]}, UNREADABLE
        if not EARLIEST <= at <= LATEST:
            at = EARLIEST if at < EARLIEST else LATEST
        return cls(place=place, at=at, version=version, fields=fields, **found)

    @property
    def is_known(self) -> bool:
        """Whether this program's catalogue says what the fields mean."""
        declared = CATALOGUE.get(self.name)
        return declared is not None and FIRST_VERSION <= self.version <= declared.event_version


def _finite(text: str) -> float:
    """Raises ValueError for what JSON cannot say, and programs write all the same."""
    if not isfinite(found := float(text)):
        raise ValueError("not a number")
    return found


READER = JSONDecoder(parse_float=_finite, parse_constant=_finite)


def _fields(payload: str) -> dict[str, Any]:
    """Raises ValueError, TypeError, RecursionError for what is none, or would stop who handles it."""
    if len(payload) > LONGEST or payload.count("[") + payload.count("{") > DEEPEST or NO_TEXT.search(payload):
        raise ValueError("not a payload")
    found = READER.decode(payload)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found
