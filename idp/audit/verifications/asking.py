"""Asking for a run, and what became of the last ones."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from idp.audit.tree.models import AuditTree
from idp.audit.tree.sequencer import ONLY
from idp.audit.verifications.models import AuditVerification
from idp.china_time import CHINA_TIME
from idp.storage.base import new_id

SCHEDULE = "schedule"
FAILED = "failed"


def ask(session: Session, *, by: str, now: datetime) -> bool:
    """False where one is waiting or running already. The caller commits."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = dialect.insert(AuditVerification).values(
        id=new_id(now), asked_at=now, asked_by=by, unfinished=1, attempts=0, looked=0, size=0
    )
    made = row.on_conflict_do_nothing(index_elements=["unfinished"]).returning(AuditVerification.id)
    return session.execute(made).first() is not None


def last_runs(session: Session, at_most: int) -> Sequence[AuditVerification]:
    """The latest first."""
    latest = select(AuditVerification).order_by(AuditVerification.id.desc()).limit(at_most)
    return session.scalars(latest).all()


def is_due(session: Session, daily_at: time, now: datetime) -> bool:
    """Whether the clock has not asked since it should have; never before there is something to read."""
    if not session.scalar(select(AuditTree.size).where(ONLY)):
        return False
    local = now.astimezone(CHINA_TIME)
    moment = datetime.combine(local.date(), daily_at, CHINA_TIME)
    due_since = moment if moment <= local else moment - timedelta(days=1)
    asked = select(func.max(AuditVerification.asked_at)).where(AuditVerification.asked_by == SCHEDULE)
    last = session.scalar(asked)
    return last is None or last < due_since


def last_finished(session: Session) -> AuditVerification | None:
    finished = select(AuditVerification).where(AuditVerification.finished_at.is_not(None))
    return session.scalars(finished.order_by(AuditVerification.finished_at.desc()).limit(1)).first()


def unfinished(session: Session) -> AuditVerification | None:
    return session.scalars(select(AuditVerification).where(AuditVerification.unfinished == 1)).first()
