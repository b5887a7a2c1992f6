"""How long cases are kept."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from idp.cases.models import Case, CaseDeed, CaseNote, CaseSubject

SWEPT_AT_ONCE: Final = 200
PARTS: Final = (CaseNote, CaseDeed, CaseSubject)


def sweep(session: Session, now: datetime, *, days: int) -> int:
    """Forget cases that were closed so long ago, with everything in them. The log keeps what was done."""
    old = select(Case.id).where(Case.closed_at <= now - timedelta(days=days)).limit(SWEPT_AT_ONCE)
    ids = list(session.scalars(old))
    for part in PARTS:
        session.execute(delete(part).where(part.case_id.in_(ids)))
    session.execute(delete(Case).where(Case.id.in_(ids)))
    return len(ids)
