"""Reading on in the log: who makes something of every event remembers how far they have come.

The place moves in the transaction of whoever reads, together with what they made of the events: for work in
this database each event counts exactly once, whatever is killed between. Who gives events to somebody else
moves it afterwards, and gives some again after a crash: at least once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Engine, String, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from idp.audit.models import AuditEvent
from idp.audit.paging import is_behind, is_settled
from idp.audit.recorded import COLUMNS, Place, Recorded
from idp.storage.base import Base
from idp.storage.database import changed, reading

BEFORE_ALL: Place = (-(2**63), -(2**63))


class AuditCursor(Base):
    """How far one reader has come. There are as many rows as there are kinds of readers."""

    __tablename__ = "audit_cursors"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    xid: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    """Of the last event that was read: how late the reader is."""


class Overtaken(Exception):
    """Another reader of this name has read on meanwhile: what was made of the batch must not be kept."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Settled events behind a place, in their order; never none."""

    after: Place
    events: Sequence[Recorded]

    @property
    def place(self) -> Place:
        """Of the last event."""
        return self.events[-1].place


@dataclass(frozen=True, slots=True)
class Follower:
    engine: Engine
    name: str
    """Of the kind of reader, such as `statistics`: those of one name share one place."""

    def next(self, at_most: int) -> Batch | None:
        """What comes behind the stored place, up to what no earlier commit can come before any more.

        None when there is nothing new. Raises SQLAlchemyError.
        """
        with reading(self.engine).connect() as connection:
            stored = connection.execute(
                select(AuditCursor.xid, AuditCursor.seq).where(AuditCursor.name == self.name)
            ).one_or_none()
            after: Place = BEFORE_ALL if stored is None else (stored.xid, stored.seq)
            dialect = connection.dialect.name
            behind = (is_behind(after, dialect), is_settled(dialect))
            rows = connection.execute(
                select(*COLUMNS).where(*behind).order_by(AuditEvent.xid, AuditEvent.seq).limit(at_most)
            ).all()
        return Batch(after, [Recorded.of(row) for row in rows]) if rows else None

    def skip(self, session: Session) -> None:
        """Begin behind what is settled now, for whom new events are enough.

        The caller commits. Raises Overtaken where there is a place already.
        """
        settled = is_settled(session.connection().dialect.name)
        statement = select(AuditEvent.xid, AuditEvent.seq, AuditEvent.at).where(settled)
        newest = (AuditEvent.xid.desc(), AuditEvent.seq.desc())
        last = session.execute(statement.order_by(*newest).limit(1)).one_or_none()
        if last is not None:
            self._begin(session, xid=last.xid, seq=last.seq, at=last.at)

    def advance(self, session: Session, batch: Batch) -> None:
        """The batch is dealt with once the transaction commits. Raises Overtaken: roll back then."""
        xid, seq = batch.place
        values = {"xid": xid, "seq": seq, "at": batch.events[-1].at}
        if batch.after == BEFORE_ALL:
            self._begin(session, **values)
            return
        was = (AuditCursor.xid == batch.after[0], AuditCursor.seq == batch.after[1])
        moved = update(AuditCursor).where(AuditCursor.name == self.name, *was).values(**values)
        if not changed(session, moved):
            raise Overtaken(self.name)

    def _begin(self, session: Session, **values: Any) -> None:
        try:
            session.execute(insert(AuditCursor).values(name=self.name, **values))
        except IntegrityError:
            raise Overtaken(self.name) from None
