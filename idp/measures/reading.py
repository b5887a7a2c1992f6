"""Measures as pages show them: lists, one, and how far the notices to clients have come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, true
from sqlalchemy.orm import Session

from idp.measures.kinds import IN_FORCE, LASTING, State
from idp.measures.models import Measure
from idp.session_clients import WatchedNotice
from idp.storage.database import deleted
from idp.storage.outbox import OutboxMessage

CLIENTS_AT_MOST: Final = 200
"""Of whose deliveries a page tells."""


class Which(StrEnum):
    ALL = "all"
    IN_FORCE = "in_force"
    WAITING = "waiting"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Of one client: how many notices were made, and what became of them."""

    client_id: str
    made: int
    waiting: int
    failed: int

    @property
    def delivered(self) -> int:
        return self.made - self.waiting - self.failed


def is_in_force(measure: Measure, now: datetime) -> bool:
    is_over = measure.until is not None and measure.until <= now
    return measure.state in IN_FORCE and measure.kind in LASTING and not is_over


def listed(
    session: Session, which: Which, now: datetime, *, after: str | None, at_most: int
) -> Sequence[Measure]:
    """The newest first. `after`: the id of the last that was shown."""
    query = select(Measure).where(_condition(which, now))
    if after is not None:
        query = query.where(Measure.id < after)
    return session.scalars(query.order_by(Measure.id.desc()).limit(at_most)).all()


def of_subject(session: Session, kind: str, subject: str, at_most: int = 10) -> Sequence[Measure]:
    query = select(Measure).where(Measure.subject_kind == kind, Measure.subject == subject)
    return session.scalars(query.order_by(Measure.id.desc()).limit(at_most)).all()


def deliveries(session: Session, measure_id: str) -> list[Deliveries]:
    """By client. A notice that is in the outbox no more has been delivered, or nobody is there to hear it."""
    is_waiting = and_(OutboxMessage.id.is_not(None), OutboxMessage.dead_at.is_(None))
    query = (
        select(
            WatchedNotice.client_id,
            func.count().label("made"),
            func.count().filter(is_waiting).label("waiting"),
            func.count().filter(OutboxMessage.dead_at.is_not(None)).label("failed"),
        )
        .outerjoin(OutboxMessage, OutboxMessage.id == WatchedNotice.message_id)
        .where(WatchedNotice.cause == measure_id)
        .group_by(WatchedNotice.client_id)
        .order_by(func.count().desc(), WatchedNotice.client_id)
        .limit(CLIENTS_AT_MOST)
    )
    return [Deliveries(*row) for row in session.execute(query)]


def sweep(session: Session, now: datetime, *, kept: timedelta) -> int:
    """Delete what has been over for so long; how many. What is in force stays."""
    is_over = and_(_condition(Which.OVER, now), Measure.state != State.WORKING.value)
    return deleted(session, delete(Measure).where(Measure.asked_at < now - kept, is_over))


def _condition(which: Which, now: datetime) -> ColumnElement[bool]:
    lasts = or_(Measure.until.is_(None), Measure.until > now)
    in_force = and_(
        Measure.state.in_([state.value for state in IN_FORCE]),
        Measure.kind.in_([kind.value for kind in LASTING]),
        lasts,
    )
    waits = and_(Measure.state == State.WAITING.value, lasts)
    if which is Which.IN_FORCE:
        return in_force
    if which is Which.WAITING:
        return waits
    return true() if which is Which.ALL else ~or_(in_force, waits)
