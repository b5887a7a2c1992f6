"""Events as they stand in the log, whatever version wrote them.

An old event lacks the fields that came after it: they are absent, as one that holds nothing is. Of a name
or a version that this program does not know, which a later one wrote, everything is kept as it is; so is a
payload that is none, which nobody but a forger writes, and which must not stop whoever reads on.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.audit.fields import CATALOGUE, FIRST_VERSION, VERSION_KEY
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
            fields = dict(json.loads(payload))
            version = int(fields.pop(VERSION_KEY, FIRST_VERSION))
        except (ValueError, TypeError):
            fields, version = {"payload": payload}, UNREADABLE
        return cls(place=place, at=at, version=version, fields=fields, **found)

    @property
    def is_known(self) -> bool:
        """Whether this program's catalogue says what the fields mean."""
        declared = CATALOGUE.get(self.name)
        return declared is not None and FIRST_VERSION <= self.version <= declared.event_version
