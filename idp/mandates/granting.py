"""What one may give to whom: which roles, which matters, for how long, how many, and on whose strength.

The rules are asked twice: when somebody is invited, and again when they accept, as whoever invited may by
then have less, or nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.mandates import MandateGranted
from idp.mandates.ending import Ends, Reason, end_all
from idp.mandates.matters import Matters, Party, UnknownMatters, chosen
from idp.mandates.models import Mandate, Role
from idp.mandates.refusing import MandateRefused, Refusal
from idp.mandates.standing import DEEPEST, Standing
from idp.settings import Mandates
from idp.storage.base import new_id

APPOINTS = {
    Role.LEGAL_REPRESENTATIVE: frozenset({Role.ADMINISTRATOR, Role.AGENT}),
    Role.ADMINISTRATOR: frozenset({Role.AGENT}),
    Role.AGENT: frozenset({Role.AGENT}),
}
"""Who may appoint whom; an agent only where their own mandate may be passed on."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is offered."""

    role: Role
    matters: tuple[str, ...] = ()
    """None named: all business."""
    may_pass_on: bool = False
    """Of an agent: whether they may appoint agents below. An administrator always may."""
    expires_at: datetime | None = None
    """None: as long as it may be."""


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gives, and on what strength."""

    person_id: str
    mandate: Standing | None
    """Of whoever acts for an organisation; None: for themself, to a relative."""


@dataclass(frozen=True, slots=True)
class Granting:
    settings: Mandates
    matters: Matters

    def checked(self, giver: Giver, terms: Terms, now: datetime) -> Terms:
        """The terms as a mandate holds them. Raises MandateRefused when they are not the giver's to give."""
        mandate = giver.mandate
        return Terms(
            role=terms.role,
            matters=self._matters(mandate, terms),
            may_pass_on=_may_pass_on(mandate, terms),
            expires_at=self.expiry(mandate, terms.expires_at, now),
        )

    def expiry(self, above: Standing | None, wanted: datetime | None, now: datetime) -> datetime:
        """When it ends: as wanted, or as late as the settings and the ladder allow. Raises MandateRefused."""
        latest = now + timedelta(days=self.settings.longest_days)
        if above is not None and above.expires_at is not None:
            latest = min(latest, above.expires_at)
        if wanted is None:
            return latest
        if not now < wanted <= latest:
            raise MandateRefused(Refusal.TOO_LONG)
        return wanted

    def check_number(
        self, session: Session, giver: Giver, role: Role, now: datetime, *, waiting: int = 0
    ) -> None:
        """Raises MandateRefused when there are as many as may be. The caller holds the lock.

        `waiting`: how many invitations may yet become one.
        """
        query = select(func.count()).where(
            Mandate.role == role,
            Mandate.ended_at.is_(None),
            or_(Mandate.expires_at.is_(None), Mandate.expires_at > now),
        )
        if giver.mandate is None:
            query = query.where(Mandate.principal_id == giver.person_id)
        else:
            query = query.where(Mandate.organisation_id == giver.mandate.organisation_id)
        if (session.scalar(query) or 0) + waiting >= self.at_most(role):
            raise MandateRefused(Refusal.LIMIT)

    def at_most(self, role: Role) -> int:
        """Of one organisation, or one person."""
        return {
            Role.ADMINISTRATOR: self.settings.administrators_at_most,
            Role.AGENT: self.settings.agents_at_most,
            Role.RELATIVE: self.settings.relatives_at_most,
        }[role]

    def _matters(self, mandate: Standing | None, terms: Terms) -> tuple[str, ...]:
        party: Party = "person" if mandate is None else "organisation"
        try:
            wanted = tuple(chosen(self.matters, party, terms.matters))
        except UnknownMatters:
            raise MandateRefused(Refusal.MATTERS) from None
        if mandate is not None and mandate.matters and not (wanted and set(wanted) <= set(mandate.matters)):
            raise MandateRefused(Refusal.MATTERS)
        return wanted


def grant(
    session: Session, giver: Giver, person_id: str, terms: Terms, *, context: AuditContext, ends: Ends
) -> Mandate:
    """Write a mandate whose terms were checked just now. The caller holds the lock and commits.

    Raises MandateRefused when the person has one from the same hand already.
    """
    above = giver.mandate
    made = Mandate(
        id=new_id(context.at),
        role=terms.role.value,
        person_id=person_id,
        organisation_id=None if above is None else above.organisation_id,
        principal_id=giver.person_id if above is None else None,
        parent_id=None if above is None else above.mandate_id,
        granted_by=giver.person_id,
        matters=list(terms.matters),
        may_pass_on=terms.may_pass_on,
        granted_at=context.at,
        expires_at=terms.expires_at,
    )
    _end_expired(session, made, context=context, ends=ends)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise MandateRefused(Refusal.ALREADY_HELD) from None
    event = MandateGranted(
        person_id,
        made.id,
        made.role,
        made.organisation_id,
        made.principal_id,
        made.parent_id,
        giver.person_id,
    )
    audit.record(session, event, context=context)
    return made


def _may_pass_on(mandate: Standing | None, terms: Terms) -> bool:
    if mandate is None:
        if terms.role is not Role.RELATIVE or terms.may_pass_on:
            raise MandateRefused(Refusal.NO_STANDING)
        return False
    # Of a ladder's last rung a standing never says that it may be passed on.
    if not mandate.may_pass_on or terms.role not in APPOINTS.get(mandate.role, ()):
        raise MandateRefused(Refusal.NO_STANDING)
    may_pass_on = terms.may_pass_on or terms.role is Role.ADMINISTRATOR
    if may_pass_on and mandate.depth + 1 >= DEEPEST:
        raise MandateRefused(Refusal.TOO_DEEP)
    return may_pass_on


def _end_expired(session: Session, wanted: Mandate, *, context: AuditContext, ends: Ends) -> None:
    """One that time has ended, and no sweep has come by yet, is in nobody's way."""
    query = select(Mandate.id).where(
        Mandate.person_id == wanted.person_id,
        Mandate.parent_id == wanted.parent_id
        if wanted.parent_id is not None
        else Mandate.principal_id == wanted.principal_id,
        Mandate.role == wanted.role,
        Mandate.ended_at.is_(None),
        Mandate.expires_at <= context.at,
    )
    expired = session.scalars(query).all()
    end_all(session, expired, reason=Reason.EXPIRED, context=context, ends=ends)
