"""Dropping rows that are old enough; their leaves stay, so the tree is as provable as before.

In two steps: first the tree says up to which position rows may be gone, and a signed head says so with it;
then they are deleted. Which rows are old enough show the heads themselves: all under a head are at least as
old as it is, and so anybody who has the heads can see that nothing went before its time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection, CursorResult, Engine, delete, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.events import AuditRowsDropped
from idp.audit.log import record
from idp.audit.models import AuditEvent
from idp.audit.tree.heads import read
from idp.audit.tree.models import AuditHead, AuditTree
from idp.audit.tree.reading import leaves_from
from idp.audit.tree.sequencer import ONLY
from idp.storage.database import reading

ROWS_AT_ONCE = 2000
OF_FACES = "face"
"""How the names of events begin that tell of face checks and of the consents to them."""


@dataclass
class Retention:
    engine: Engine
    clock: Callable[[], datetime]
    kept: timedelta
    faces_kept: timedelta
    stopping: Callable[[], bool] = lambda: False

    def round(self) -> int:
        """How many rows were dropped. Raises SQLAlchemyError."""
        self._allow()
        dropped = 0
        while not self.stopping() and (count := self._drop()):
            dropped += count
        return dropped

    def _allow(self) -> None:
        """The next head will say up to where rows may be gone: under which head all are old enough."""
        old = select(func.max(AuditHead.size)).where(AuditHead.at <= self.clock() - self.kept)
        with reading(self.engine).connect() as connection:
            size = connection.scalar(old)
            allowed = connection.scalar(select(AuditTree.kept_from).where(ONLY))
        if size is not None and allowed is not None and size > allowed:
            with self.engine.begin() as connection:
                moved = update(AuditTree).where(ONLY, AuditTree.kept_from == allowed).values(kept_from=size)
                connection.execute(moved)

    def _drop(self) -> int:
        """Some of the rows that the last signed head says may be gone."""
        now = self.clock()
        with reading(self.engine).connect() as connection:
            place = _last_place(connection)
        if place is None:
            return 0
        old = (
            select(AuditEvent.seq)
            .where(
                tuple_(AuditEvent.xid, AuditEvent.seq) <= place,
                or_(~AuditEvent.name.startswith(OF_FACES), AuditEvent.at < now - self.faces_kept),
            )
            .order_by(AuditEvent.xid, AuditEvent.seq)
            .limit(ROWS_AT_ONCE)
        )
        with Session(self.engine) as session, session.begin():
            gone = session.execute(delete(AuditEvent).where(AuditEvent.seq.in_(old)))
            count = cast("CursorResult[None]", gone).rowcount
            if count:
                record(session, AuditRowsDropped(rows=count), context=AuditContext(at=now, actor="worker"))
        return count


def _last_place(connection: Connection) -> tuple[int, int] | None:
    """Of the last row that the last signed head says may be gone."""
    line = connection.scalar(select(AuditHead.line).order_by(AuditHead.size.desc()).limit(1))
    kept_from = 0 if line is None else read(line).kept_from
    leaves = leaves_from(connection, kept_from - 1, kept_from, 1)
    return leaves[0][1:3] if leaves else None
