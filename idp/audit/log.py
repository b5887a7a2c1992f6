"""Writing events: in the transaction of the change they tell of, or by themselves in groups."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any
from weakref import WeakMethod

from sqlalchemy import Engine, Table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.fields import FIRST_VERSION, VERSION_KEY, Event, canonical_json
from idp.audit.insertion import LIVES, Living, commit, commit_living, commit_with, insert
from idp.storage.base import new_id
from idp.storage.outages import Outage
from idp.storage.prepared import Prepared

Row = dict[str, Any]


class AuditUnavailable(Outage):
    """The event is not known to be durable: what it tells of must not be acknowledged."""


@dataclass(slots=True)
class Waiting:
    """An event of a caller who waits: `done` is held until its fate is known."""

    row: Row
    table: Table | None = None
    """Where a row must live for it to be written."""
    done: Lock = field(default_factory=Lock)
    written: bool = True
    failure: AuditUnavailable | None = None

    def __post_init__(self) -> None:
        self.done.acquire()


Queue = SimpleQueue[Waiting | None]


def record(session: Session, event: Event, *, context: AuditContext) -> str:
    """Write an event of a database change: it is committed, or lost, together with the change. Its id."""
    row = _row(event, context)
    insert(session.connection(), [row])
    return str(row["id"])


def record_all(session: Session, happened: Sequence[tuple[Event, AuditContext]]) -> list[str]:
    """Many by one statement, in this order: all of them or none. Their ids."""
    rows = [_row(event, context) for event, context in happened]
    if rows:
        insert(session.connection(), rows)
    return [str(row["id"]) for row in rows]


def record_with(
    engine: Engine, new: Prepared, values: Mapping[str, Any], event: Event, *, context: AuditContext
) -> None:
    """Write a row of another table and its event, and commit them, in one go where the database can.

    `new`: an INSERT. Raises SQLAlchemyError.
    """
    commit_with(engine, [_row(event, context)], new, values)


class AuditLog:
    """Writes events that no database change goes with: token issues, refusals, releases of claims.

    One thread a process writes what has gathered while its last commit ran, so that many callers
    share one commit. After a fork the child begins anew.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        capacity: int = 4096,
        batch: int = 256,
        timeout_seconds: float = 15,
    ) -> None:
        """`capacity`: how many events may wait; `timeout_seconds`: how long a caller waits for its own."""
        self._engine = engine
        self._capacity = capacity
        self._batch = batch
        self._timeout = timeout_seconds
        self._lock = Lock()
        self._closed = False
        self._queue: Queue = SimpleQueue()
        self._writer: Thread | None = None
        forget = WeakMethod(self._begin_anew)
        os.register_at_fork(after_in_child=lambda: (method := forget()) and method())

    def append(self, event: Event, context: AuditContext) -> None:
        """Returns once the event is committed. Call it while no transaction is held: SQLite has one writer.

        Raises AuditUnavailable when the database fails, is too slow, or too many events wait.
        """
        self._wait(Waiting(_row(event, context)))

    def append_while(self, event: Event, context: AuditContext, living: Living) -> bool:
        """The same, if that row still lives at the moment of writing; False, and nothing written, if not.

        Raises AuditUnavailable.
        """
        waiting = Waiting({**_row(event, context), LIVES: living.id}, living.table)
        self._wait(waiting)
        return waiting.written

    def _wait(self, waiting: Waiting) -> None:
        with self._lock:
            if self._closed:
                raise AuditUnavailable("the audit log is closed")
            if self._queue.qsize() >= self._capacity:
                raise AuditUnavailable(f"{self._capacity} audit events are waiting already")
            if self._writer is None:
                # A daemon: it holds nothing that a caller has been told is safe.
                self._writer = Thread(target=self._write, args=(self._queue,), name="audit", daemon=True)
                self._writer.start()
            self._queue.put(waiting)
        if not waiting.done.acquire(timeout=self._timeout):
            raise AuditUnavailable(f"an audit event was not written within {self._timeout} s")
        if waiting.failure is not None:
            raise waiting.failure

    def close(self) -> None:
        """Write what is waiting and stop; later events are refused."""
        with self._lock:
            self._closed = True
            writer, self._writer = self._writer, None
        if writer is not None:
            self._queue.put(None)
            writer.join()

    def _write(self, queue: Queue) -> None:
        """The writer's life: take all that waits, commit it together, tell the callers; None ends it."""
        ending = False
        while not ending:
            group = [queue.get()]
            # Nobody else takes from the queue, so what is counted is there.
            group += [queue.get() for _ in range(min(queue.qsize(), self._batch - 1))]
            ending = None in group
            for table, part in _parts(group):
                self._commit(part, table)

    def _commit(self, group: list[Waiting], table: Table | None) -> None:
        failure: AuditUnavailable | None = None
        rows = [waiting.row for waiting in group]
        try:
            if table is None:
                commit(self._engine, rows)
            else:
                written = commit_living(self._engine, rows, table)
                for waiting in group:
                    waiting.written = waiting.row["id"] in written
        except SQLAlchemyError as error:
            failure = AuditUnavailable(f"the audit log's database failed: {type(error).__name__}")
        except Exception as error:
            # Whatever it is, the callers wait for an answer and the next group for a writer.
            failure = AuditUnavailable(f"the audit log failed: {type(error).__name__}")
        for waiting in group:
            waiting.failure = failure
            waiting.done.release()

    def _begin_anew(self) -> None:
        """In a forked child neither the writer nor the parent's connections are ours."""
        self._lock = Lock()
        self._queue = SimpleQueue()
        self._writer = None
        self._engine.dispose(close=False)


def _parts(group: list[Waiting | None]) -> list[tuple[Table | None, list[Waiting]]]:
    """What one statement each can write. Events that depend on nothing go with any of the others."""
    waiting = [one for one in group if one is not None]
    tables = list(dict.fromkeys(one.table for one in waiting if one.table is not None))
    if len(tables) < 2:
        return [(tables[0] if tables else None, waiting)] if waiting else []
    first = tables[0]
    return [
        (table, [one for one in waiting if (first if one.table is None else one.table) is table])
        for table in tables
    ]


def _row(event: Event, context: AuditContext) -> Row:
    values = event.values()
    if event.event_version != FIRST_VERSION:
        values[VERSION_KEY] = event.event_version
    return {
        "id": new_id(context.at),
        "at": context.at,
        "name": event.name,
        "person_id": values.pop("person_id", None),
        "client_id": values.pop("client_id", None),
        "request_id": context.request_id,
        "address": context.address,
        "device": context.device,
        "interaction_id": context.interaction_id,
        "actor": context.actor,
        "payload": canonical_json(values),
    }
