"""Dropping a month of the log at once, when all in it may go; of a younger month the events of faces stay.

Where such events have their time still before them, they are copied into a table that takes the place of the
month's, and it is that one which is dropped. Either is one transaction: whatever is killed in it, the log is
as it was or as it should be. Leaves, subtrees and heads know nothing of months, and stay.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection, CursorResult, Engine, text
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.events.proving import AuditRowsDropped
from idp.audit.log import record
from idp.audit.partitions import LIKE, OF_FACES, Partition, attach, partitions, prepare
from idp.audit.tree.encoding import Place

IS_OF_FACES = "starts_with(name, 'face')"


@dataclass(frozen=True)
class Dropping:
    """`allowed`: the place of the last row that the last signed head says may be gone."""

    engine: Engine
    allowed: Place
    now: datetime
    kept: timedelta
    faces_kept: timedelta

    @property
    def faces_from(self) -> datetime:
        """Events of faces from this moment on stay."""
        return self.now - self.faces_kept

    def months(self) -> list[Partition]:
        """Of which something may go, the oldest first; none on SQLite."""
        with self.engine.connect() as connection:
            return [
                one
                for one in partitions(connection)
                if not (one.has_faces_alone and one.end > self.faces_from) and self._may_go(connection, one)
            ]

    def drop(self, month: Partition) -> int:
        """How many rows went. Raises SQLAlchemyError where a lock was not to be had: another time, then."""
        with Session(self.engine) as session, session.begin():
            connection = session.connection()
            prepare(connection)
            # Nothing is added to the month meanwhile; reading it goes on.
            connection.execute(text(f"LOCK TABLE {month.name} IN SHARE MODE"))
            if not self._may_go(connection, month):
                return 0
            rows = connection.scalar(text(f"SELECT count(*) FROM {month.name}")) or 0  # noqa: S608
            kept = 0 if month.end <= self.faces_from else self._copy_faces(connection, month)
            connection.execute(text("LOCK TABLE ONLY audit_events IN ACCESS EXCLUSIVE MODE"))
            connection.execute(text(f"ALTER TABLE audit_events DETACH PARTITION {month.name}"))
            connection.execute(text(f"DROP TABLE {month.name}"))
            if kept:
                attach(connection, month.name + OF_FACES, month.begin, month.end)
            if rows > kept:
                record(session, AuditRowsDropped(rows=rows - kept), context=self._context())
        return rows - kept

    def _copy_faces(self, connection: Connection, month: Partition) -> int:
        """How many there are. Without any there is no table of them."""
        name = month.name + OF_FACES
        connection.execute(text(f"CREATE TABLE {name} ({LIKE})"))
        copied = connection.execute(
            text(f"INSERT INTO {name} SELECT * FROM {month.name} WHERE {IS_OF_FACES} AND at >= :begin"),  # noqa: S608
            {"begin": self.faces_from},
        )
        count = cast("CursorResult[None]", copied).rowcount
        if not count:
            connection.execute(text(f"DROP TABLE {name}"))
        return count

    def _may_go(self, connection: Connection, month: Partition) -> bool:
        """By its last row: a late one may stand behind what is allowed."""
        last = f"SELECT xid, seq FROM {month.name} ORDER BY xid DESC, seq DESC LIMIT 1"  # noqa: S608
        found = connection.execute(text(last)).first()
        is_old = month.end <= self.now - self.kept
        return is_old and (found is None or (found.xid, found.seq) <= self.allowed)

    def _context(self) -> AuditContext:
        return AuditContext(at=self.now, actor="worker")
