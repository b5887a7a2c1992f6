"""Who reads on in the log, and since when something waits for each."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from idp.audit.following import AuditCursor
from idp.audit.models import AuditEvent
from idp.audit.paging import is_behind, is_settled
from idp.storage.database import reading


@dataclass(frozen=True, slots=True)
class Reader:
    name: str
    at: datetime
    """When the last event happened that it has read."""
    waiting_since: datetime | None
    """When the first event happened that it has not; None where there is none."""


def readers(engine: Engine) -> list[Reader]:
    """By their names. Raises SQLAlchemyError."""
    with reading(engine).connect() as connection:
        cursors = connection.execute(select(AuditCursor.__table__).order_by(AuditCursor.name)).all()
        return [
            Reader(
                cursor.name,
                cursor.at,
                connection.scalar(
                    select(AuditEvent.at)
                    .where(
                        is_behind((cursor.xid, cursor.seq), connection.dialect.name),
                        is_settled(connection.dialect.name),
                    )
                    .order_by(AuditEvent.xid, AuditEvent.seq)
                    .limit(1)
                ),
            )
            for cursor in cursors
        ]
