"""Doing a run: a worker takes it, says how far it is, and writes down what was found, with the event.

A worker that dies leaves a run that another takes up when the lease is over, from the beginning: reading
again costs time and harms nothing.
"""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import Engine, Update, delete, or_, select, update
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.events.proving import AuditVerified
from idp.audit.log import record
from idp.audit.tree.findings import Report
from idp.audit.tree.verifying import Outside, snapshot, verify
from idp.audit.verifications.asking import FAILED, SCHEDULE, ask, is_due
from idp.audit.verifications.models import AuditVerification as Run
from idp.storage.base import new_id
from idp.storage.database import changed, reading

LEASE = timedelta(minutes=5)
TELLING_EVERY = timedelta(seconds=5)
MOST_ATTEMPTS = 3
"""A run that kills its workers does not live for ever."""
KEPT_RUNS = 100
WHOLE = "whole"
NO_MOMENT = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class GivenUp(Exception):
    """The worker stops, or somebody else has taken the run."""


@dataclass
class Verifying:
    engine: Engine
    clock: Callable[[], datetime]
    log: str
    outside: Callable[[], Outside]
    daily_at: time | None = None
    """In China; None: only when somebody asks."""
    is_sandbox: bool = False
    """Its log may hold made-up events of other times."""
    stopping: Callable[[], bool] = lambda: False
    holder: str = field(default_factory=lambda: f"{socket.gethostname()[:20]}:{new_id(NO_MOMENT)[-12:]}")

    def round(self) -> bool:
        """Whether a run was finished. Raises SQLAlchemyError."""
        self._ask_if_due()
        run_id = self._take()
        if run_id is None:
            return False
        try:
            report = self._verify(run_id)
        except GivenUp:
            return False
        except OSError:
            report = None  # the anchor's folder cannot be read, and a run without it proves nothing
        return self._finish(run_id, report)

    def _ask_if_due(self) -> None:
        if self.daily_at is None:
            return
        now = self.clock()
        with Session(reading(self.engine)) as session:
            due = is_due(session, self.daily_at, now)
        if due:
            with Session(self.engine) as session, session.begin():
                ask(session, by=SCHEDULE, now=now)

    def _take(self) -> str | None:
        now = self.clock()
        free = (Run.unfinished == 1, or_(Run.held_until.is_(None), Run.held_until <= now))
        with Session(reading(self.engine)) as session:
            waiting = session.execute(select(Run.id, Run.attempts).where(*free)).first()
        if waiting is None:
            return None
        if waiting.attempts >= MOST_ATTEMPTS:
            self._finish(waiting.id, None, held=False)
            return None
        taken = (
            update(Run)
            .where(Run.id == waiting.id, Run.attempts == waiting.attempts, *free)
            .values(
                holder=self.holder,
                held_until=now + LEASE,
                started_at=now,
                attempts=waiting.attempts + 1,
                looked=0,
            )
        )
        with Session(self.engine) as session, session.begin():
            return waiting.id if changed(session, taken) else None

    def _verify(self, run_id: str) -> Report:
        """Raises GivenUp, OSError."""
        told_at = self.clock()
        mine = (Run.id == run_id, Run.unfinished == 1, Run.holder == self.holder)

        def tell(looked: int, size: int) -> None:
            nonlocal told_at
            now = self.clock()
            if self.stopping():
                self._write(update(Run).where(*mine).values(held_until=None, attempts=Run.attempts - 1))
                raise GivenUp
            if now - told_at >= TELLING_EVERY:
                told_at = now
                told = update(Run).where(*mine).values(looked=looked, size=size, held_until=now + LEASE)
                if not self._write(told):
                    raise GivenUp

        outside = self.outside()
        with snapshot(self.engine) as connection:
            return verify(
                connection,
                self.log,
                outside=outside,
                tell=tell,
                now=self.clock(),
                is_sandbox=self.is_sandbox,
            )

    def _finish(self, run_id: str, report: Report | None, *, held: bool = True) -> bool:
        now = self.clock()
        own = (Run.holder == self.holder,) if held else ()
        finding = None if report is None else report.finding
        result = FAILED if report is None else WHOLE if finding is None else str(finding.kind)
        found = {} if report is None else _said(report)
        done = (
            update(Run)
            .where(Run.id == run_id, Run.unfinished == 1, *own)
            .values(finished_at=now, unfinished=None, held_until=None, result=result, **found)
        )
        with Session(self.engine) as session, session.begin():
            if not changed(session, done):
                return False
            asked_by = session.scalars(select(Run.asked_by).where(Run.id == run_id)).one()
            begin, end, anchored = (
                (0, 0, 0) if report is None else (report.begin, report.end, report.anchored)
            )
            event = AuditVerified(begin=begin, end=end, anchored=anchored, result=result)
            record(session, event, context=AuditContext(at=now, actor=asked_by))
            kept = select(Run.id).order_by(Run.id.desc()).limit(KEPT_RUNS)
            session.execute(delete(Run).where(Run.unfinished.is_(None), Run.id.not_in(kept)))
        return True

    def _write(self, statement: Update) -> bool:
        with Session(self.engine) as session, session.begin():
            return bool(changed(session, statement))


def _said(report: Report) -> dict[str, object]:
    finding = report.finding
    wrong = (
        {}
        if finding is None
        else {
            "wrong_what": finding.what,
            "wrong_begin": finding.begin,
            "wrong_end": finding.end,
            "wrong_event_id": finding.event_id,
        }
    )
    looked = report.end - report.begin
    return {
        "rows": report.rows,
        "dropped": report.dropped,
        "heads": report.heads,
        "anchored": report.anchored,
        "looked": looked,
        "size": looked,
        **wrong,
    }
