"""The counts of one client, for its own developers: a few ranges of a small table, however long the log."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine, and_, or_, select

from idp.audit.following import AuditCursor
from idp.audit.statistics.counting import OF_ONE_CLIENT, PERSON, Kind
from idp.audit.statistics.models import AuditCount
from idp.audit.statistics.rolling import READER
from idp.storage.database import reading

AFTER_COLON = ";"
"""The next character: what begins with `client:` lies before `client;`."""


@dataclass
class OfClient:
    """In one hour, or one day."""

    sign_ins: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Errors that the client was told, by their codes."""
    people: Counter[str] = field(default_factory=Counter)
    """Why people on the way to it did not come in, which it was not told."""
    grants: Counter[str] = field(default_factory=Counter)
    """Tokens by the grant that they were issued for."""

    def add(self, kind: Kind, what: str, count: int) -> None:
        if kind is Kind.CLIENT_SIGN_IN:
            self.sign_ins += count
        elif kind is Kind.CLIENT_GRANT:
            self.grants[what] += count
        elif kind is Kind.CLIENT_REASON:
            begin, _, reason = what.partition(":")
            if begin == PERSON and reason:
                self.people[reason] += count
            else:
                self.refused[what] += count


def of_client(engine: Engine, client_id: str, grain: int, hours: Iterable[int]) -> Mapping[int, OfClient]:
    """By the hour with which each hour, or day, begins; those without anything are left out.

    Raises SQLAlchemyError.
    """
    begin, end = f"{client_id}:", f"{client_id}{AFTER_COLON}"
    # Hours are named one by one, so that each is found by the key: kind, grain, hour, value.
    theirs = AuditCount.grain == grain, AuditCount.hour.in_(list(hours))
    details = [str(kind) for kind in sorted(OF_ONE_CLIENT)]
    rows = select(AuditCount.kind, AuditCount.hour, AuditCount.value, AuditCount.count).where(
        *theirs,
        or_(
            and_(AuditCount.kind == str(Kind.CLIENT_SIGN_IN), AuditCount.value == client_id),
            and_(AuditCount.kind.in_(details), AuditCount.value >= begin, AuditCount.value < end),
        ),
    )
    found: dict[int, OfClient] = {}
    with reading(engine).connect() as connection:
        for kind, hour, value, count in connection.execute(rows):
            found.setdefault(hour, OfClient()).add(Kind(kind), value.partition(":")[2], int(count))
    return found


def counted_to(engine: Engine) -> datetime | None:
    """When the last event happened that is counted."""
    with reading(engine).connect() as connection:
        return connection.scalar(select(AuditCursor.at).where(AuditCursor.name == READER))
