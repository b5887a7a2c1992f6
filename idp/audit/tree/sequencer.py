"""Folding committed rows into the tree: one worker of all does it, and two who believe so do no harm.

The lease spares work, it protects nothing: clocks may differ, and whoever holds it may be stopped at any
point and wake up later. What protects is that each step names the state that it has read, in the transaction
that changes it.
"""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, insert, literal, literal_column, or_, select, update
from sqlalchemy.exc import IntegrityError

from idp.audit.tree.encoding import Place, canonical, place_of
from idp.audit.tree.merkle import CompactRange, Grown, leaf_hash
from idp.audit.tree.models import AuditSubtree, AuditTree
from idp.audit.tree.reading import BEFORE_ALL, settled_rows
from idp.storage.base import new_id
from idp.storage.database import reading
from idp.storage.outages import Outage

LEASE = timedelta(seconds=30)
ROWS_AT_ONCE = 4096
KEPT_LEVELS = 8
"""Roots of subtrees are kept at each eighth level."""
ONLY = AuditTree.__table__.c.id == 1
NO_MOMENT = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
# The next transaction of PostgreSQL; SQLite numbers none.
SETTLED_UNTIL = "CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)"
LEAVES = "INSERT INTO audit_leaves (position, xid, seq, hash)"
INSERTED = {
    "postgresql": f"{LEAVES} SELECT * FROM unnest("  # noqa: S608 - no values
    "CAST(%s AS BIGINT[]), CAST(%s AS BIGINT[]), CAST(%s AS BIGINT[]), CAST(%s AS BYTEA[]))",
    "sqlite": f"{LEAVES} VALUES (?, ?, ?, ?)",
}


class TransactionsBeganAgain(Outage):
    """The database was restored into another PostgreSQL, whose transactions have lower numbers than the log's
    rows: what is written now would stand before what is folded already. See docs/audit-proofs.md."""


class TreeHarmed(Outage):
    """Where the tree goes on was changed by somebody else: nothing is folded onto it."""


@dataclass(frozen=True, slots=True)
class State:
    """Of the tree, as it was read."""

    tree: CompactRange
    place: Place
    head_size: int
    kept_from: int


@dataclass(frozen=True, slots=True)
class Step:
    """The next leaves, of the tree as it was."""

    state: State
    places: tuple[Place, ...]
    hashes: tuple[bytes, ...]


@dataclass
class Sequencer:
    engine: Engine
    clock: Callable[[], datetime]
    stopping: Callable[[], bool] = lambda: False
    holder: str = field(default_factory=lambda: f"{socket.gethostname()[:20]}:{new_id(NO_MOMENT)[-12:]}")
    rows_at_once: int = ROWS_AT_ONCE

    def round(self) -> int:
        """Fold all that is there, if it is ours to do; how many rows.

        Raises SQLAlchemyError, TransactionsBeganAgain, TreeHarmed.
        """
        folded = 0
        while not self.stopping() and self.is_elected():
            count = self.fold()
            folded += count
            if count < self.rows_at_once:
                break
        return folded

    def is_elected(self) -> bool:
        """Whether we hold the lease; taken where nobody does, renewed when half of it is over."""
        now = self.clock()
        with reading(self.engine).connect() as connection:
            held = connection.execute(select(AuditTree.holder, AuditTree.held_until).where(ONLY)).first()
        if held is None:
            return self._is_begun(now)
        if held.holder == self.holder and held.held_until - now > LEASE / 2:
            return True
        if held.holder != self.holder and held.held_until > now:
            return False
        taken = (
            update(AuditTree)
            .where(ONLY, or_(AuditTree.holder == self.holder, AuditTree.held_until <= now))
            .values(holder=self.holder, held_until=now + LEASE)
        )
        with self.engine.begin() as connection:
            return connection.execute(taken).rowcount == 1

    def fold(self) -> int:
        """The next rows become leaves; how many. None where another has moved on meanwhile."""
        step = self.read()
        return self.commit(step) if step is not None else 0

    def read(self) -> Step | None:
        """What is next: rows that no later commit can come before."""
        with reading(self.engine).connect() as connection:
            state = read_state(connection)
            rows = settled_rows(connection, state.place, self.rows_at_once)
        if not rows:
            return None
        places = tuple(place_of(row) for row in rows)
        return Step(state, places, tuple(leaf_hash(canonical(row)) for row in rows))

    def commit(self, step: Step) -> int:
        """All of it, or nothing where the tree is no longer as it was read."""
        state = step.state
        tree, grown = state.tree.extended(step.hashes)
        xid, seq = step.places[-1]
        moved = (
            update(AuditTree)
            .where(
                ONLY,
                AuditTree.size == state.tree.size,
                AuditTree.frontier == state.tree.to_bytes(),
            )
            .values(size=tree.size, frontier=tree.to_bytes(), xid=xid, seq=seq)
        )
        with self.engine.begin() as connection:
            if connection.execute(moved).rowcount != 1:
                return 0
            _add_leaves(connection, state.tree.size, step.places, step.hashes)
            _add_subtrees(connection, grown)
        return len(step.hashes)

    def _is_begun(self, now: datetime) -> bool:
        """The first time of all. False where another was first."""
        first = {
            "id": 1,
            "size": 0,
            "frontier": b"",
            "xid": BEFORE_ALL[0],
            "seq": BEFORE_ALL[1],
            "head_size": 0,
            "kept_from": 0,
            "holder": self.holder,
            "held_until": now + LEASE,
        }
        try:
            with self.engine.begin() as connection:
                connection.execute(insert(AuditTree), first)
        except IntegrityError:
            return False
        return True


def read_state(connection: Connection) -> State:
    """Raises TransactionsBeganAgain, TreeHarmed."""
    is_postgresql = connection.dialect.name == "postgresql"
    until = literal_column(SETTLED_UNTIL) if is_postgresql else literal(None)
    columns = AuditTree.__table__.c
    row = connection.execute(select(*columns, until.label("settled_until")).where(ONLY)).first()
    if row is None:
        return State(CompactRange(), BEFORE_ALL, 0, 0)
    if row.settled_until is not None and row.settled_until <= row.xid:
        raise TransactionsBeganAgain("the database's transactions have lower numbers than the log's rows")
    try:
        tree = CompactRange.from_bytes(row.size, bytes(row.frontier))
    except ValueError as wrong:
        raise TreeHarmed(str(wrong)) from None
    return State(tree, (row.xid, row.seq), row.head_size, row.kept_from)


def _add_leaves(connection: Connection, first: int, places: Sequence[Place], hashes: Sequence[bytes]) -> None:
    positions = range(first, first + len(hashes))
    if connection.dialect.name == "postgresql":
        xids, seqs = zip(*places, strict=True)
        given = (list(positions), list(xids), list(seqs), list(hashes))
        connection.exec_driver_sql(INSERTED["postgresql"], given)
        return
    rows = [
        (position, *place, hash_) for position, place, hash_ in zip(positions, places, hashes, strict=True)
    ]
    connection.exec_driver_sql(INSERTED["sqlite"], rows)


def _add_subtrees(connection: Connection, grown: Grown) -> None:
    kept = [
        {"level": level, "number": first + at, "hash": hash_}
        for level, first, hashes in grown
        if level and level % KEPT_LEVELS == 0
        for at, hash_ in enumerate(hashes)
    ]
    if kept:
        connection.execute(insert(AuditSubtree), kept)
