"""What time does to mandates and invitations, and how long they are kept to be read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import Session, aliased

from idp.audit.context import AuditContext
from idp.mandates import answering
from idp.mandates.ending import Ends, Reason, end_all
from idp.mandates.locking import lock_of
from idp.mandates.models import Answer, Mandate, MandateInvitation, Role
from idp.people.models import Person, PersonStatus
from idp.storage.database import deleted

AT_ONCE = 500
"""Rows of one sweep: the rest waits for the next."""
ACTOR = "worker"


@dataclass(frozen=True, slots=True)
class Sweeping:
    ends: Ends
    ended_kept: timedelta
    answered_kept: timedelta

    def end_expired(self, session: Session, now: datetime) -> int:
        """They stand no more already; now their sign-ins end too, and clients are told. How many."""
        return self._end(session, Mandate.expires_at <= now, Reason.EXPIRED, now)

    def end_of_ended_accounts(self, session: Session, now: datetime) -> int:
        """Of people who have closed their account, or died. Who enrols again begins with none. How many."""
        ended = Person.status.in_([PersonStatus.CLOSED, PersonStatus.DECEASED])
        # Or who has closed it and is back before this came by.
        gone = or_(ended, Person.closed_at >= Mandate.granted_at)
        holder = exists().where(Person.id == Mandate.person_id, gone)
        principal = exists().where(Person.id == Mandate.principal_id)
        dead = principal.where(Person.status == PersonStatus.DECEASED)
        asked = and_(Mandate.role == Role.RELATIVE, principal.where(gone))
        return self._end(session, or_(holder, dead, asked), Reason.ACCOUNT_ENDED, now)

    def expire_invitations(self, session: Session, now: datetime) -> int:
        query = select(MandateInvitation).where(
            MandateInvitation.answered_at.is_(None), MandateInvitation.expires_at <= now
        )
        over = session.scalars(query.limit(AT_ONCE).with_for_update(skip_locked=True)).all()
        for invitation in over:
            context = AuditContext(now, actor=ACTOR)
            answering.answer(session, invitation, Answer.EXPIRED, by=None, context=context)
        return len(over)

    def forget(self, session: Session, now: datetime) -> int:
        """Delete what ended, and what was answered, long enough ago. How many."""
        below = aliased(Mandate)
        ended = select(Mandate.id).where(
            Mandate.ended_at < now - self.ended_kept,
            # What hangs on it goes first.
            ~exists().where(below.parent_id == Mandate.id),
            ~exists().where(MandateInvitation.parent_id == Mandate.id),
        )
        answered = MandateInvitation.answered_at < now - self.answered_kept
        found = deleted(session, delete(MandateInvitation).where(answered))
        while some := session.scalars(ended.limit(AT_ONCE)).all():
            found += deleted(session, delete(Mandate).where(Mandate.id.in_(some)))
        return found

    def _end(self, session: Session, which: ColumnElement[bool], reason: Reason, now: datetime) -> int:
        # In one order everywhere, so that two cannot wait for each other.
        query = select(Mandate).where(Mandate.ended_at.is_(None), which)
        query = query.order_by(Mandate.organisation_id, Mandate.principal_id, Mandate.id).limit(AT_ONCE)
        ended = 0
        for mandate in session.scalars(query).all():
            lock_of(session, mandate)
            context = AuditContext(now, actor=ACTOR)
            if mandate.ended_at is None and session.scalar(
                select(Mandate.id).where(Mandate.id == mandate.id, which)
            ):
                ended += len(end_all(session, [mandate.id], reason=reason, context=context, ends=self.ends))
        return ended
