"""Writing events: in the transaction of the change they tell of, or by themselves in groups."""

import os
from concurrent.futures import Future
from queue import Empty, Full, Queue
from threading import Lock, Thread
from typing import Any
from weakref import WeakMethod

from sqlalchemy import Engine, insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.fields import Event, canonical_json
from idp.audit.models import AuditEvent
from idp.storage.base import new_id
from idp.storage.outages import Outage

Row = dict[str, Any]
Waiting = Queue[tuple[Row, Future[None]] | None]


class AuditUnavailable(Outage):
    """The event is not known to be durable: what it tells of must not be acknowledged."""


def record(session: Session, event: Event, *, context: AuditContext) -> str:
    """Write an event of a database change: it is committed, or lost, together with the change. Its id."""
    row = _row(event, context)
    session.add(AuditEvent(**row))
    return str(row["id"])


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
        self._queue: Waiting = Queue(capacity)
        self._writer: Thread | None = None
        forget = WeakMethod(self._begin_anew)
        os.register_at_fork(after_in_child=lambda: (method := forget()) and method())

    def append(self, event: Event, context: AuditContext) -> None:
        """Returns once the event is committed. Call it while no transaction is held: SQLite has one writer.

        Raises AuditUnavailable when the database fails, is too slow, or too many events wait.
        """
        done: Future[None] = Future()
        row = _row(event, context)
        with self._lock:
            if self._closed:
                raise AuditUnavailable("the audit log is closed")
            if self._writer is None:
                # A daemon: it holds nothing that a caller has been told is safe.
                self._writer = Thread(target=self._write, args=(self._queue,), name="audit", daemon=True)
                self._writer.start()
            try:
                self._queue.put_nowait((row, done))
            except Full:
                raise AuditUnavailable(f"{self._capacity} audit events are waiting already") from None
        try:
            done.result(self._timeout)
        except TimeoutError:
            raise AuditUnavailable(f"an audit event was not written within {self._timeout} s") from None

    def close(self) -> None:
        """Write what is waiting and stop; later events are refused."""
        with self._lock:
            self._closed = True
            writer, self._writer = self._writer, None
        if writer is not None:
            self._queue.put(None)
            writer.join()

    def _write(self, queue: Waiting) -> None:
        """The writer's life: take all that waits, commit it together, tell the callers; None ends it."""
        ending = False
        while not ending:
            group = [queue.get()]
            while len(group) < self._batch and group[-1] is not None:
                try:
                    group.append(queue.get_nowait())
                except Empty:
                    break
            ending = group[-1] is None
            self._commit([waiting for waiting in group if waiting is not None])

    def _commit(self, group: list[tuple[Row, Future[None]]]) -> None:
        if not group:
            return
        failure: AuditUnavailable | None = None
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(AuditEvent), [row for row, _ in group])
        except SQLAlchemyError as error:
            failure = AuditUnavailable(f"the audit log's database failed: {type(error).__name__}")
        except Exception as error:
            # Whatever it is, the callers wait for an answer and the next group for a writer.
            failure = AuditUnavailable(f"the audit log failed: {type(error).__name__}")
        for _, done in group:
            if failure is None:
                done.set_result(None)
            else:
                done.set_exception(failure)

    def _begin_anew(self) -> None:
        """In a forked child neither the writer nor the parent's connections are ours."""
        self._lock = Lock()
        self._queue = Queue(self._capacity)
        self._writer = None
        self._engine.dispose(close=False)


def _row(event: Event, context: AuditContext) -> Row:
    values = event.values()
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
