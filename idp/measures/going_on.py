"""Going on with what measures end, a part at a time, until it is done; letting lapse what nobody agreed to.

The page that takes a measure does the first parts, workers the rest: whoever was killed in the middle,
another one goes on from what was committed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.measures import MeasureDeclined, MeasureFinished
from idp.measures import ending
from idp.measures.ending import Step
from idp.measures.kinds import LASTING, Kind, State
from idp.measures.models import Measure
from idp.measures.subjects import MeasureRefused
from idp.oidc.token import live_grants
from idp.session_clients import WatchedNotice
from idp.storage.ephemeral import Clock, EphemeralStore

AT_ONCE: Final = 20
"""Measures that a round of the worker goes on with, the oldest first."""
PARTS_A_ROUND: Final = 10


@dataclass(frozen=True, slots=True, repr=False)
class GoingOn:
    sessions: sessionmaker[Session]
    store: EphemeralStore
    clock: Clock

    def go_on(self, measure_id: str, parts: int) -> None:
        """With what it ends, so many parts."""
        for _ in range(parts):
            if self._step(measure_id) is not Step.MORE:
                return

    def round(self, is_stopping: Callable[[], bool] = lambda: False) -> None:
        """The worker's: what waited too long lapses, what is not done goes on."""
        now = self.clock()
        unfinished = Measure.state.in_([State.WAITING.value, State.WORKING.value])
        with self.sessions() as session:
            rows = session.execute(
                select(Measure.id, Measure.state, Measure.until).where(unfinished).order_by(Measure.id)
            ).all()
        for row in [row for row in rows if row.state == State.WAITING and row.until <= now]:
            self._lapse(row.id)
        for row in [row for row in rows if row.state == State.WORKING][:AT_ONCE]:
            if is_stopping():
                return
            self.go_on(row.id, PARTS_A_ROUND)

    def _step(self, measure_id: str) -> Step:
        """One part. Whoever was faster with it changes nothing here."""
        now = self.clock()
        with self.sessions() as session:
            known = session.get(Measure, measure_id)
            if known is None or known.state != State.WORKING:
                return Step.LAST
            gone = list(known.ending)
        for grant_id in gone:
            live_grants.end(self.store, grant_id)
        with self.sessions.begin() as session:
            measure = locked(session, measure_id)
            if measure.state != State.WORKING:
                return Step.LAST
            if measure.ending != gone:
                return Step.MORE
            step = ending.end_some(session, measure, now)
            if step is Step.LAST:
                finish(session, measure, AuditContext(at=now, actor="worker"))
        return step

    def _lapse(self, measure_id: str) -> None:
        now = self.clock()
        with self.sessions.begin() as session:
            measure = locked(session, measure_id)
            if measure.state != State.WAITING or measure.until is None or measure.until > now:
                return
            measure.state = State.LAPSED.value
            event = MeasureDeclined(measure.id, "lapsed")
            audit.record(session, event, context=AuditContext(at=now, actor="worker"))


def finish(session: Session, measure: Measure, context: AuditContext) -> None:
    session.flush()
    told = select(func.count()).where(WatchedNotice.cause == measure.id)
    measure.notices = session.scalar(told) or 0
    measure.state = (State.STANDING if Kind(measure.kind) in LASTING else State.DONE).value
    measure.finished_at = context.at
    event = MeasureFinished(measure.id, measure.sessions_ended, measure.grants_ended, measure.notices)
    audit.record(session, event, context=context)


def locked(session: Session, measure_id: str) -> Measure:
    query = select(Measure).where(Measure.id == measure_id).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise MeasureRefused("unknown")
    return found
