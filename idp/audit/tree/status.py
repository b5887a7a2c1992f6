"""How far the proof of the log has come, and whether any step of it is late: a few small reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, func, select

from idp.audit.models import AuditEvent
from idp.audit.paging import is_behind, is_settled
from idp.audit.tree import heads
from idp.audit.tree.heads import Head, HeadWrong
from idp.audit.tree.models import AuditAnchor, AuditHead, AuditKey, AuditLeaf, AuditTree
from idp.audit.tree.reading import BEFORE_ALL
from idp.audit.tree.sequencer import ONLY
from idp.storage.database import reading

COUNTED_AT_MOST = 10_000
"""Rows that wait; more are not counted."""
LATE_AFTER_HEADS = 10
LATE_AFTER_AT_LEAST = timedelta(minutes=10)
DATED_BACK = timedelta(days=1)
"""A row that waits and tells of a time so long before the last head was written after that time."""


@dataclass(frozen=True, slots=True)
class AnchorState:
    name: str
    size: int
    """Of the last head that it has; 0: none."""
    at: datetime | None
    """When it got that."""
    waiting_since: datetime | None
    """When the oldest head was signed that it does not have."""


@dataclass(frozen=True, slots=True)
class KeyState:
    kid: str
    created_at: datetime
    signs: bool


@dataclass(frozen=True, slots=True)
class Integrity:
    size: int
    """How many rows are folded."""
    waiting: int
    """Rows that are settled and not folded; one more than COUNTED_AT_MOST where there are more."""
    waiting_since: datetime | None
    """When the oldest of them was written; of one that is dated back, when the last head was signed."""
    head_size: int
    head_at: datetime | None
    head_kid: str | None
    unsigned_since: datetime | None
    """When the oldest row was written that is folded and under no head; or the last head signed, if it was
    folded only after that."""
    anchors: tuple[AnchorState, ...]
    kept_from: int
    """Rows of lower positions may have been dropped because of their age; a signed head says so."""
    oldest_at: datetime | None
    """Of the oldest row that is there."""
    keys: tuple[KeyState, ...]
    """The last one first."""

    def late(self, now: datetime, head_seconds: int) -> list[tuple[str, timedelta]]:
        """What has waited too long, by the names of `AuditProofLate.step`."""
        limit = late_after(head_seconds)
        return [(step, now - since) for step, since in self._waiting() if now - since > limit]

    def _waiting(self) -> Iterator[tuple[str, datetime]]:
        if self.waiting_since is not None:
            yield "folding", self.waiting_since
        if self.unsigned_since is not None:
            yield "signing", self.unsigned_since
        for anchor in self.anchors:
            if anchor.waiting_since is not None:
                yield f"anchor:{anchor.name}", anchor.waiting_since


def late_after(head_seconds: int) -> timedelta:
    """Long enough for a worker to be started again, and for a network to come back."""
    return max(LATE_AFTER_AT_LEAST, timedelta(seconds=LATE_AFTER_HEADS * head_seconds))


def integrity(engine: Engine, anchors: Sequence[str]) -> Integrity:
    """`anchors`: the names of those that the settings have. Raises SQLAlchemyError."""
    with reading(engine).connect() as connection:
        tree = connection.execute(select(AuditTree.__table__).where(ONLY)).first()
        size, place = (0, BEFORE_ALL) if tree is None else (tree.size, (tree.xid, tree.seq))
        waiting, waiting_since = _waiting(connection, place)
        newest = select(AuditHead.__table__).order_by(AuditHead.size.desc()).limit(1)
        head = connection.execute(newest).first()
        read = _read(head)
        head_size = 0 if head is None else head.size
        keys = connection.execute(
            select(AuditKey.kid, AuditKey.created_at, AuditKey.private_sealed.is_not(None)).order_by(
                AuditKey.number.desc()
            )
        ).all()
        return Integrity(
            size=size,
            waiting=waiting,
            waiting_since=_undated(waiting_since, read),
            head_size=head_size,
            head_at=None if head is None else head.at if read is None else read.at,
            head_kid=None if read is None else read.kid,
            unsigned_since=_later(_row_at(connection, head_size), read) if size > head_size else None,
            anchors=_anchors(connection, anchors, head_size),
            kept_from=0 if read is None else read.kept_from,
            oldest_at=connection.scalar(select(func.min(AuditEvent.at))),
            keys=tuple(KeyState(*key) for key in keys),
        )


def _read(head: Any) -> Head | None:
    """What is signed, not the column beside it; None: none yet, or one that is not ours."""
    try:
        return None if head is None else heads.read(head.line)
    except HeadWrong:
        return None


def _later(row_at: datetime | None, head: Head | None) -> datetime | None:
    """A head is over all that was folded when it was signed."""
    return row_at if row_at is None or head is None else max(row_at, head.at)


def _undated(row_at: datetime | None, head: Head | None) -> datetime | None:
    if row_at is None or head is None or head.at - row_at <= DATED_BACK:
        return row_at
    return head.at


def _waiting(connection: Connection, place: tuple[int, int]) -> tuple[int, datetime | None]:
    dialect = connection.dialect.name
    behind = (is_behind(place, dialect), is_settled(dialect))
    rows = (
        select(AuditEvent.at)
        .where(*behind)
        .order_by(AuditEvent.xid, AuditEvent.seq)
        .limit(COUNTED_AT_MOST + 1)
        .subquery()
    )
    count, oldest = connection.execute(select(func.count(), func.min(rows.c.at))).one()
    return count, oldest


def _row_at(connection: Connection, position: int) -> datetime | None:
    same = and_(AuditEvent.xid == AuditLeaf.xid, AuditEvent.seq == AuditLeaf.seq)
    return connection.scalar(
        select(AuditEvent.at).join(AuditLeaf, same).where(AuditLeaf.position == position)
    )


def _anchors(connection: Connection, names: Sequence[str], head_size: int) -> tuple[AnchorState, ...]:
    known = {row.name: row for row in connection.execute(select(AuditAnchor.__table__))}
    found = []
    for name in names:
        row = known.get(name)
        size = 0 if row is None else row.size
        # What no head is of, nobody was given: it is all still to be done.
        behind = size if size <= head_size else 0
        oldest = select(AuditHead.at).where(AuditHead.size > behind).order_by(AuditHead.size).limit(1)
        at = None if row is None else row.at
        found.append(AnchorState(name, size, at, connection.scalar(oldest)))
    return tuple(found)
