"""What a measure ends, a part at a time: each in a transaction that also says how far it has come.

So it goes on where it stood, whoever was killed in the middle. A grant's live key lies in another store:
which ones are to go is written down with the end of their rows, and crossed out once they are gone.
"""

from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session

from idp import sessions
from idp.measures.foreseeing import which_grants, which_sessions
from idp.measures.kinds import Kind, SubjectKind
from idp.measures.models import Measure
from idp.measures.subjects import subject_of
from idp.oidc.clients.cache import SECONDS
from idp.oidc.token.offline_grants import OfflineGrant
from idp.sessions import ENDED_AT_ONCE, BrowserSession

SETTLED_AFTER = timedelta(seconds=2 * SECONDS)
"""When every process goes by what the measure says, and what had begun before has come to its end."""
MOST_ENDING = 20 * ENDED_AT_ONCE
"""Grants that one part ends: of five hundred sessions there are as many, and rarely more."""


class Step(Enum):
    MORE = "more"
    LATER = "later"
    """The rest has its time."""
    LAST = "last"


def end_some(session: Session, measure: Measure, now: datetime) -> Step:
    """The next part. The caller holds the measure's row, has ended the live keys of `measure.ending`, and
    commits."""
    measure.ending = []
    if measure.subject_kind == SubjectKind.CLIENT:
        step = _of_client(session, measure, now)
    else:
        step = _of_sessions(session, measure, now)
    # The live keys of these grants go at once, not when the rest has its time.
    return Step.MORE if measure.ending else step


def _of_sessions(session: Session, measure: Measure, now: datetime) -> Step:
    """Of a person, a session, a range."""
    subject = subject_of(measure)
    which = which_sessions(session, subject)
    if measure.taken_at is not None:
        # Who signs in anew afterwards stays.
        which = and_(which, BrowserSession.opened_at <= measure.taken_at)
    left = which_grants(session, subject)
    held = sessions.end_some(session, now, which, cause=measure.id)
    measure.sessions_ended += len(held)
    # After the sessions: whoever keeps a grant holds the row of the session that it began in.
    of_these = OfflineGrant.session_id.in_(held), OfflineGrant.person_id.in_(set(held.values()))
    _end_grants(session, measure, *of_these)
    if len(held) == ENDED_AT_ONCE:
        return Step.MORE
    if left is not None:
        _end_grants(session, measure, left)
    # Who redeems a code as its session ends may keep a grant a moment later. Of a person that one is worth
    # nothing: it rests on what a consent was called before.
    is_late = subject.kind is SubjectKind.SESSION and now < _settled(measure, now)
    return Step.LATER if is_late else Step.LAST


def _of_client(session: Session, measure: Measure, now: datetime) -> Step:
    told, measure.place = sessions.leave_some(
        session, measure.subject, now, after=measure.place or "", cause=measure.id
    )
    measure.sessions_ended += told
    if measure.place is not None:
        return Step.MORE
    settled = _settled(measure, now)
    if measure.kind == Kind.END_SESSIONS:
        which = OfflineGrant.client_id == measure.subject, OfflineGrant.used_at <= settled
        _end_grants(session, measure, *which)
        if len(measure.ending) >= ENDED_AT_ONCE:
            return Step.MORE
    # A process that had not heard of it may have let somebody in since.
    return Step.LATER if now < settled else Step.LAST


def _settled(measure: Measure, now: datetime) -> datetime:
    return (measure.taken_at or now) + SETTLED_AFTER


def _end_grants(session: Session, measure: Measure, *which: ColumnElement[bool]) -> None:
    query = select(OfflineGrant.id).where(*which).limit(ENDED_AT_ONCE)
    while ids := session.scalars(query.with_for_update()).all():
        session.execute(delete(OfflineGrant).where(OfflineGrant.id.in_(ids)))
        measure.grants_ended += len(ids)
        measure.ending = [*measure.ending, *ids]
        if len(measure.ending) >= MOST_ENDING:
            return
