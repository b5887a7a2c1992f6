"""Work that may wait: written in the transaction that wants it, done by the worker, at least once.

A worker claims a message by moving its due time past a lease, in a transaction of its own, and
deletes it once its handler returned. A worker that dies in between leaves a message that is due
again when the lease runs out, so handlers must bear a repetition; the message's id tells them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, Select, String, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from idp.storage.base import Base, Id, new_id
from idp.storage.database import READ_ONLY, deleted
from idp.storage.ephemeral import Clock

CLAIMED_AT_ONCE = 10
LEASE = timedelta(seconds=120)
HANDLER_SECONDS = 10
"""A handler bounds its own time below this, so that a whole claim fits into its lease."""
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(hours=1)
MOST_ATTEMPTS = 14  # about four hours with the delays above
DEAD_KEPT = timedelta(days=30)


class OutboxMessage(Base):
    """One piece of work. Delivered ones are deleted; dead ones stay a while for the operator."""

    __tablename__ = "outbox_messages"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    payload: Mapped[bytes]
    """Sealed by whoever enqueues it: the outbox never looks inside."""
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    """Not worth doing any more from then on, such as sending a code that has run out."""
    attempts: Mapped[int] = mapped_column(default=0)
    dead_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(String(64))
    """The last error's class or code, never its text."""

    __table_args__ = (Index("ix_outbox_messages_due_at", "due_at"),)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a handler gets. `attempt` counts from 1; `id` is the same at each of them."""

    id: str
    kind: str
    payload: bytes
    attempt: int


Handler = Callable[[Delivery], None]
"""Returns when the work is done. Raises Undeliverable to give up, anything else to try again."""


class Undeliverable(Exception):
    """Trying again cannot help. `code` is kept for the operator."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Drained:
    """What one call of `drain` did."""

    delivered: int = 0
    put_off: int = 0
    died: int = 0
    expired: int = 0


def enqueue(
    session: Session,
    kind: str,
    payload: bytes,
    *,
    now: datetime,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    message_id: str | None = None,
) -> str:
    """Add work to the session's transaction. Returns its id; give `message_id` to seal the payload to it."""
    message_id = message_id or new_id(now)
    session.add(
        OutboxMessage(
            id=message_id,
            kind=kind,
            payload=payload,
            made_at=now,
            due_at=not_before or now,
            expires_at=expires_at,
        )
    )
    return message_id


def withdraw(session: Session, message_id: str) -> bool:
    """Take back work that nobody needs any more; False when it has been done. The caller commits."""
    return deleted(session, delete(OutboxMessage).where(OutboxMessage.id == message_id)) > 0


def drain(
    sessions: sessionmaker[Session], handlers: Mapping[str, Handler], clock: Clock, *, at_most: int = 1000
) -> Drained:
    """Do what is due, until nothing is or `at_most` messages were tried. Several workers may do so at once.

    Kinds without a handler here are left to a worker that has one. Handlers run while no
    transaction is held.
    """
    done = Drained()
    tried = 0
    while tried < at_most and _anything_due(sessions, handlers, clock()):
        claimed_at = clock()
        claimed = _claim(sessions, handlers, claimed_at, done)
        for delivery in claimed:
            if clock() + timedelta(seconds=HANDLER_SECONDS) >= claimed_at + LEASE:
                break  # the rest comes due again when the lease runs out
            _deliver(sessions, handlers[delivery.kind], delivery, clock, done)
        tried += max(1, len(claimed))
    return done


def sweep(session: Session, now: datetime) -> int:
    """Delete what has been dead for thirty days; how many."""
    return deleted(session, delete(OutboxMessage).where(OutboxMessage.dead_at < now - DEAD_KEPT))


def _due(handlers: Mapping[str, Handler], now: datetime) -> Select[OutboxMessage]:
    return (
        select(OutboxMessage)
        .where(
            OutboxMessage.due_at <= now,
            OutboxMessage.dead_at.is_(None),
            or_(OutboxMessage.kind.in_(handlers), OutboxMessage.expires_at <= now),
        )
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
    )


def _anything_due(sessions: sessionmaker[Session], handlers: Mapping[str, Handler], now: datetime) -> bool:
    """Looked up without SQLite's write lock, since a worker asks all day."""
    with sessions() as session:
        session.connection(execution_options=READ_ONLY)
        return session.scalars(_due(handlers, now).limit(1)).first() is not None


def _claim(
    sessions: sessionmaker[Session], handlers: Mapping[str, Handler], now: datetime, done: Drained
) -> list[Delivery]:
    with sessions.begin() as session:
        query = _due(handlers, now).limit(CLAIMED_AT_ONCE).with_for_update(skip_locked=True)
        claimed = []
        for message in session.scalars(query).all():
            if message.expires_at is not None and message.expires_at <= now:
                session.delete(message)
                done.expired += 1
                continue
            if message.attempts >= MOST_ATTEMPTS:
                # Its last worker died with it.
                message.dead_at, message.failure = now, message.failure or "worker-died"
                done.died += 1
                continue
            # Counted before the work: a message that kills its worker does not live for ever.
            message.attempts += 1
            message.due_at = now + LEASE
            claimed.append(Delivery(message.id, message.kind, message.payload, message.attempts))
        return claimed


def _deliver(
    sessions: sessionmaker[Session], handler: Handler, delivery: Delivery, clock: Clock, done: Drained
) -> None:
    failure: str | None = None
    final = delivery.attempt >= MOST_ATTEMPTS
    try:
        handler(delivery)
    except Undeliverable as error:
        failure, final = error.code, True
    except Exception as error:
        # One failing message must not stop the others; the class is all that may be kept.
        failure = type(error).__name__
    # Another worker may hold it by now, should this one have overrun its lease.
    mine = (OutboxMessage.id == delivery.id, OutboxMessage.attempts == delivery.attempt)
    with sessions.begin() as session:
        if failure is None:
            session.execute(delete(OutboxMessage).where(OutboxMessage.id == delivery.id))
            done.delivered += 1
        elif final:
            session.execute(update(OutboxMessage).where(*mine).values(dead_at=clock(), failure=failure[:64]))
            done.died += 1
        else:
            due_at = clock() + delay_after(delivery.attempt)
            session.execute(update(OutboxMessage).where(*mine).values(due_at=due_at, failure=failure[:64]))
            done.put_off += 1


def delay_after(attempt: int) -> timedelta:
    """5 s after the first failure, then twice as long each time, an hour at most."""
    return min(LONGEST_DELAY, FIRST_DELAY * (1 << min(attempt - 1, 20)))
