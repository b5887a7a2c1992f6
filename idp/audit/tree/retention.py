"""Dropping rows that are old enough; their leaves stay, so the tree is as provable as before.

In two steps: first the tree says up to which position rows may be gone, and a signed head says so with it;
then they are deleted, on PostgreSQL whole months at a time (`dropping`). Which rows are old enough show the
heads themselves: all under a head are at least as old as it is, and so anybody who has them can see that
nothing went before its time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    column,
    delete,
    func,
    literal,
    or_,
    select,
    table,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.events.proving import AuditRowsDropped
from idp.audit.log import record
from idp.audit.models import AuditEvent
from idp.audit.partitions import DEFAULT, partitions
from idp.audit.tree.dropping import Dropping
from idp.audit.tree.encoding import Place
from idp.audit.tree.heads import stored
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
        with reading(self.engine).connect() as connection:
            place = _last_place(connection)
        if place is None:
            return 0
        months = Dropping(self.engine, place, self.clock(), self.kept, self.faces_kept)
        dropped = sum(months.drop(month) for month in months.months() if not self.stopping())
        for name in self._without_months():
            while not self.stopping() and (count := self._drop(name, place)):
                dropped += count
        return dropped

    def _without_months(self) -> list[str]:
        """Tables of which rows go one by one: the whole log on SQLite; on PostgreSQL what was there before
        the months, and what fell beside them."""
        if self.engine.dialect.name != "postgresql":
            return [AuditEvent.__tablename__]
        with self.engine.connect() as connection:
            before = [one.name for one in partitions(connection) if one.begin is None]
        return [*before, DEFAULT]

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

    def _drop(self, name: str, allowed: Place) -> int:
        """Some of the rows that the last signed head says may be gone."""
        now = self.clock()
        columns = AuditEvent.__table__.c
        rows = table(name, *(column(one, columns[one].type) for one in ("xid", "seq", "name", "at")))
        place = tuple_(rows.c.xid, rows.c.seq)
        # Each by its index. SQLite finds nothing by pairs of which one is the table's key.
        key = [rows.c.seq] if self.engine.dialect.name == "sqlite" else [rows.c.xid, rows.c.seq]
        is_of_others = ~rows.c.name.startswith(OF_FACES)
        old = (
            select(*key)
            .where(
                place <= tuple_(*map(literal, allowed)), or_(is_of_others, rows.c.at < now - self.faces_kept)
            )
            .order_by(rows.c.xid, rows.c.seq)
            .limit(ROWS_AT_ONCE)
        )
        with Session(self.engine) as session, session.begin():
            gone = session.execute(delete(rows).where(tuple_(*key).in_(old) if key[1:] else key[0].in_(old)))
            count = cast("CursorResult[None]", gone).rowcount
            if count:
                record(session, AuditRowsDropped(rows=count), context=AuditContext(at=now, actor="worker"))
        return count


def _last_place(connection: Connection) -> tuple[int, int] | None:
    """Of the last row that the last signed head says may be gone."""
    line = connection.scalar(select(AuditHead.line).order_by(AuditHead.size.desc()).limit(1))
    kept_from = 0 if line is None else stored(line).kept_from
    leaves = leaves_from(connection, kept_from - 1, kept_from, 1)
    return leaves[0][1:3] if leaves else None
