"""Offering a mandate to whoever has a number and a name.

Whoever invites types both and learns nothing: nobody is looked up, and the words are the same for a number
that is known here, one that is not, and one whose holder has another name. `idp.mandates.accepting` has the
other side.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.mandates import MandateInvited
from idp.business.models import Organisation
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.mandates import answering
from idp.mandates.ending import holders_above
from idp.mandates.granting import Giver, Granting, Terms
from idp.mandates.locking import lock_of, lock_organisation, lock_principal
from idp.mandates.models import Answer, Mandate, MandateInvitation, Role
from idp.mandates.refusing import MandateRefused, Refusal
from idp.mandates.rules import AcceptanceLevels
from idp.mandates.standing import standing
from idp.people import blind_keys, directory
from idp.people.documents import IdentityDocument as Document
from idp.people.models import IdentityDocument, Person
from idp.people.reencrypt import SealedTable
from idp.storage.base import new_id

NAME = "invitation.name"
NUMBER = "invitation.number"
DAY = timedelta(days=1)

SEALED = SealedTable(
    MandateInvitation,
    {"name_sealed": NAME, "number_sealed": NUMBER},
    (blind_keys.NUMBER, "number_sealed", "number_index", "number_index_next"),
)


@dataclass(frozen=True, slots=True, repr=False)
class Invitee:
    """Whom somebody has in mind, as `documents.identify` and `names.normalise` give them. Silent."""

    document: Document
    name: str


@dataclass(frozen=True, slots=True)
class Invitations:
    cipher: FieldCipher
    index: BlindIndex
    granting: Granting
    levels: AcceptanceLevels

    def invite(
        self,
        session: Session,
        person_id: str,
        mandate_id: str | None,
        invitee: Invitee,
        terms: Terms,
        *,
        level: int,
        context: AuditContext,
    ) -> MandateInvitation:
        """A person invites, on the strength of a mandate of theirs, or to act for themself (None). The caller
        commits.

        `level`: of the sign-in of whoever invites; `terms.role` is RELATIVE without a mandate. Raises
        MandateRefused.
        """
        giver = self.giver(session, person_id, mandate_id, context.at)
        organisation_id = None if giver.mandate is None else giver.mandate.organisation_id
        if level < self.levels.of(session, organisation_id):
            raise MandateRefused(Refusal.LEVEL)
        # What the terms leave open stays so: it is settled when they are accepted.
        expires_at = terms.expires_at
        terms = replace(self.granting.checked(giver, terms, context.at), expires_at=expires_at)
        waiting = self._waiting(session, giver, terms.role, context.at)
        self.granting.check_number(session, giver, terms.role, context.at, waiting=len(waiting))
        self._check_quota(session, giver, context.at)
        if self._is_own(session, person_id, invitee.document):
            raise MandateRefused(Refusal.ONESELF)
        keys = set(blind_keys.pair(self.index, blind_keys.NUMBER, invitee.document.number.value))
        if any(one.invited_by == person_id and one.number_index in keys for one in waiting):
            raise MandateRefused(Refusal.ALREADY_INVITED)
        made = self._made(giver, invitee, terms, context.at)
        session.add(made)
        session.flush()
        event = MandateInvited(person_id, made.id, made.role, organisation_id)
        audit.record(session, event, context=context)
        return made

    def withdraw(
        self, session: Session, invitation_id: str, person_id: str, *, context: AuditContext
    ) -> None:
        """By whoever invited, or is above them. The caller commits. Raises MandateRefused."""
        invitation = locked(session, invitation_id, context.at)
        if person_id != invitation.invited_by and (
            invitation.parent_id is None or person_id not in on_the_ladder(session, invitation.parent_id)
        ):
            raise MandateRefused(Refusal.NOT_FOUND)
        answering.answer(session, invitation, Answer.WITHDRAWN, by=person_id, context=context)

    def name_of(self, invitation: MandateInvitation) -> str:
        """As whoever invited typed it: for them."""
        return self.cipher.open_text(invitation.name_sealed, context=f"{NAME}:{invitation.id}")

    def number_of(self, invitation: MandateInvitation) -> str | None:
        """None once it was answered."""
        if invitation.number_sealed is None:
            return None
        return self.cipher.open_text(invitation.number_sealed, context=f"{NUMBER}:{invitation.id}")

    def giver(
        self,
        session: Session,
        person_id: str,
        mandate_id: str | None,
        now: datetime,
        *,
        locked: bool = False,
    ) -> Giver:
        """As it stands now, while nobody else gives or ends for the same party."""
        if mandate_id is None:
            if not locked:
                lock_principal(session, person_id)
            person = session.get(Person, person_id, populate_existing=True)
            if person is None or not directory.may_sign_in(person):
                raise MandateRefused(Refusal.NO_STANDING)
            return Giver(person_id, None)
        row = session.get(Mandate, mandate_id)
        if row is not None and row.organisation_id is not None and not locked:
            lock_organisation(session, row.organisation_id)
        mandate = standing(session.connection(), mandate_id, now)
        if mandate is None or mandate.person_id != person_id:
            raise MandateRefused(_why_not(session, row, person_id))
        return Giver(person_id, mandate)

    def _check_quota(self, session: Session, giver: Giver, now: datetime) -> None:
        settings, mandate = self.granting.settings, giver.mandate
        per_person = settings.invitations_per_person_per_day
        if mandate is None:
            limits = [(MandateInvitation.principal_id == giver.person_id, per_person)]
        else:
            theirs = MandateInvitation.organisation_id == mandate.organisation_id
            limits = [(theirs, settings.invitations_per_organisation_per_day)]
            if not mandate.is_business:
                # One agent must not use up what the organisation has for the day.
                limits.append((and_(theirs, MandateInvitation.invited_by == giver.person_id), per_person))
        for which, at_most in limits:
            query = select(func.count()).where(MandateInvitation.made_at > now - DAY, which)
            if (session.scalar(query) or 0) >= at_most:
                raise MandateRefused(Refusal.TOO_MANY_INVITATIONS)

    def _waiting(
        self, session: Session, giver: Giver, role: Role, now: datetime
    ) -> Sequence[MandateInvitation]:
        """Those for the same party that may yet be accepted."""
        mandate = giver.mandate
        of_party = (
            MandateInvitation.principal_id == giver.person_id
            if mandate is None
            else MandateInvitation.organisation_id == mandate.organisation_id
        )
        query = select(MandateInvitation).where(of_party, MandateInvitation.role == role, *is_open(now))
        return session.scalars(query).all()

    def _is_own(self, session: Session, person_id: str, document: Document) -> bool:
        has_it = directory.has_number(self.index, document.number.value)
        query = select(IdentityDocument.id).where(IdentityDocument.person_id == person_id, has_it)
        return session.scalar(query) is not None

    def _made(self, giver: Giver, invitee: Invitee, terms: Terms, now: datetime) -> MandateInvitation:
        invitation_id = new_id(now)
        mandate = giver.mandate
        number = invitee.document.number.value
        current, following = blind_keys.pair(self.index, blind_keys.NUMBER, number)
        return MandateInvitation(
            id=invitation_id,
            role=terms.role.value,
            organisation_id=None if mandate is None else mandate.organisation_id,
            principal_id=giver.person_id if mandate is None else None,
            parent_id=None if mandate is None else mandate.mandate_id,
            invited_by=giver.person_id,
            number_sealed=self.cipher.seal(number, context=f"{NUMBER}:{invitation_id}"),
            number_index=current,
            number_index_next=following,
            name_sealed=self.cipher.seal(invitee.name, context=f"{NAME}:{invitation_id}"),
            matters=list(terms.matters),
            may_pass_on=terms.may_pass_on,
            mandate_expires_at=terms.expires_at,
            made_at=now,
            expires_at=now + timedelta(days=self.granting.settings.invitation_days),
        )


def locked(session: Session, invitation_id: str, now: datetime) -> MandateInvitation:
    """One that is open, held until the end of the transaction. Raises MandateRefused."""
    invitation = session.get(MandateInvitation, invitation_id)
    if invitation is None:
        raise MandateRefused(Refusal.NOT_FOUND)
    lock_of(session, invitation)
    if invitation.answered_at is not None or invitation.expires_at <= now:
        raise MandateRefused(Refusal.NOT_FOUND)
    return invitation


def _why_not(session: Session, row: Mandate | None, person_id: str) -> Refusal:
    """Whoever has a mandate for an organisation may know that this is closed for a time."""
    if row is not None and row.person_id == person_id and row.ended_at is None:
        organisation = session.get(Organisation, row.organisation_id, populate_existing=True)
        if organisation is not None and not organisation.may_be_acted_for:
            return Refusal.NOT_ACTIVE
    return Refusal.NO_STANDING


def is_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return MandateInvitation.answered_at.is_(None), MandateInvitation.expires_at > now


def on_the_ladder(session: Session, mandate_id: str) -> tuple[str, ...]:
    """Who holds a mandate, and who is above it."""
    mandate = session.get_one(Mandate, mandate_id)
    return mandate.person_id, *holders_above(session, mandate)
