"""What becomes of an invitation on the side of whom it is for.

Who signs in with a document of the number, under the name that was typed, finds it; to anybody else there is
none, and it waits until it is over.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.mandates import answering
from idp.mandates.ending import Ends
from idp.mandates.granting import Terms, grant
from idp.mandates.invitations import Invitations, is_open, locked, on_the_ladder
from idp.mandates.models import Answer, Mandate, MandateInvitation, Role
from idp.mandates.refusing import MandateRefused, Refusal
from idp.people import directory, names
from idp.people.models import IdentityDocument, Person

LOOKED_AT_AT_MOST = 500
"""Invitations to one number, the latest; those under another name are not shown."""
IS_FOR = or_(
    MandateInvitation.number_index.in_((IdentityDocument.number_index, IdentityDocument.number_index_next)),
    MandateInvitation.number_index_next.in_(
        (IdentityDocument.number_index, IdentityDocument.number_index_next)
    ),
)
"""By either key while the index key is changed."""


@dataclass(frozen=True, slots=True)
class Accepting:
    invitations: Invitations
    ends: Ends

    def waiting_for(self, session: Session, person_id: str, now: datetime) -> list[MandateInvitation]:
        """What the person was offered and has not answered, the latest first. The rest is nobody's."""
        person = session.get_one(Person, person_id)
        query = select(MandateInvitation).join(IdentityDocument, IS_FOR)
        query = query.where(
            *is_open(now), IdentityDocument.person_id == person_id, MandateInvitation.invited_by != person_id
        )
        found = session.scalars(query.order_by(MandateInvitation.id.desc()).limit(LOOKED_AT_AT_MOST))
        return [invitation for invitation in found if self._names(invitation, person)]

    def accept(
        self,
        session: Session,
        invitation_id: str,
        person_id: str,
        *,
        level: int,
        context: AuditContext,
    ) -> Mandate:
        """Invitation and mandate are one transaction, which the caller commits; of two at once one is told.

        `level`: of the sign-in of whoever accepts. Raises MandateRefused; NO_STANDING when whoever invited
        has not, or not any more, what was offered.
        """
        invitations = self.invitations
        invitation = self._open_for(session, invitation_id, person_id, context.at)
        if level < invitations.levels.of(session, invitation.organisation_id):
            raise MandateRefused(Refusal.LEVEL)
        giver = invitations.giver(
            session, invitation.invited_by, invitation.parent_id, context.at, locked=True
        )
        try:
            terms = invitations.granting.checked(giver, _terms(invitation), context.at)
        except MandateRefused:
            # Of which rule it fell foul is the business of whoever invited.
            raise MandateRefused(Refusal.NO_STANDING) from None
        invitations.granting.check_number(session, giver, terms.role, context.at)
        if invitation.parent_id is not None and person_id in on_the_ladder(session, invitation.parent_id):
            raise MandateRefused(Refusal.ONESELF)
        made = grant(session, giver, person_id, terms, context=context, ends=self.ends)
        answering.answer(
            session, invitation, Answer.ACCEPTED, by=person_id, mandate_id=made.id, context=context
        )
        return made

    def refuse(self, session: Session, invitation_id: str, person_id: str, *, context: AuditContext) -> None:
        """By whoever was invited. The caller commits. Raises MandateRefused."""
        invitation = self._open_for(session, invitation_id, person_id, context.at)
        answering.answer(session, invitation, Answer.REFUSED, by=person_id, context=context)

    def _open_for(
        self, session: Session, invitation_id: str, person_id: str, now: datetime
    ) -> MandateInvitation:
        """Held until the end of the transaction. Raises MandateRefused where it is not the person's."""
        invitation = locked(session, invitation_id, now)
        mine = select(MandateInvitation.id).join(IdentityDocument, IS_FOR)
        which = MandateInvitation.id == invitation_id, IdentityDocument.person_id == person_id
        if invitation.invited_by == person_id or session.scalar(mine.where(*which)) is None:
            raise MandateRefused(Refusal.NOT_FOUND)
        if not self._names(invitation, session.get_one(Person, person_id, populate_existing=True)):
            # A slip of whoever invited; they see it open until it is over, as if nobody had come.
            raise MandateRefused(Refusal.NOT_FOUND, detail="name_differs")
        return invitation

    def _names(self, invitation: MandateInvitation, person: Person) -> bool:
        return names.same(
            self.invitations.name_of(invitation), directory.name_of(person, self.invitations.cipher)
        )


def _terms(invitation: MandateInvitation) -> Terms:
    return Terms(
        role=Role(invitation.role),
        matters=tuple(invitation.matters),
        may_pass_on=invitation.may_pass_on,
        expires_at=invitation.mandate_expires_at,
    )
