"""How an invitation is over: what it became is kept for a while, the number that it was for is not."""

from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.mandates import MandateInvitationAnswered
from idp.mandates.models import Answer, MandateInvitation


def answer(
    session: Session,
    invitation: MandateInvitation,
    how: Answer,
    *,
    by: str | None,
    mandate_id: str | None = None,
    context: AuditContext,
) -> None:
    """`by`: the person who said so; None when it was nobody. The caller holds the row and commits."""
    invitation.answered_at, invitation.answer, invitation.mandate_id = context.at, how.value, mandate_id
    invitation.number_sealed = invitation.number_index = invitation.number_index_next = None
    event = MandateInvitationAnswered(invitation.id, how.value, by)
    audit.record(session, event, context=context)
