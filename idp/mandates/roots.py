"""The first rung of an organisation's ladder: its legal representative, as the business register last said.

A root is made when the representative is here, and stands only while the register still names them. There is
none for an organisation that is not active.
"""

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.mandates import MandateGranted
from idp.business.models import MAY_BE_ACTED_FOR, Organisation
from idp.mandates.ending import Ends, Reason, end_all
from idp.mandates.locking import lock_organisation
from idp.mandates.models import Mandate, Role
from idp.people.models import IdentityDocument
from idp.storage.base import new_id

IS_NAMED = or_(
    Organisation.representative_index.in_(
        (IdentityDocument.number_index, IdentityDocument.number_index_next)
    ),
    Organisation.representative_index_next.in_(
        (IdentityDocument.number_index, IdentityDocument.number_index_next)
    ),
)
"""By either key while the index key is changed, as `blind_keys.finds`."""
LIVE_ROOT = and_(
    Mandate.organisation_id == Organisation.id,
    Mandate.role == Role.LEGAL_REPRESENTATIVE,
    Mandate.ended_at.is_(None),
)


def represents(session: Session, person_id: str, *, context: AuditContext, ends: Ends) -> tuple[Mandate, ...]:
    """The person's roots at known organisations that are active, by their codes; those missing are made.

    Whether the person may act now says `standing`. The caller commits.
    """
    query = named(person_id).outerjoin(Mandate, and_(LIVE_ROOT, Mandate.person_id == person_id))
    # Made in one order everywhere, so that two cannot wait for each other.
    rows = session.execute(query.add_columns(Organisation.code, Mandate).order_by(Organisation.id)).all()
    found = {
        code: root or _made(session, organisation_id, person_id, context, ends)
        for organisation_id, code, root in rows
    }
    return tuple(root for _, root in sorted(found.items()) if root is not None)


def is_represented_by(session: Session, organisation_id: str, person_id: str) -> bool:
    """Whether the register last named a number that is of one of the person's documents."""
    query = select(Organisation.id).join(IdentityDocument, IS_NAMED)
    which = Organisation.id == organisation_id, IdentityDocument.person_id == person_id
    return session.scalar(query.where(*which).limit(1)) is not None


def named(person_id: str) -> "Select[str]":
    """Active organisations of which the register names the person; once each: a number is one document's."""
    query = select(Organisation.id).join(IdentityDocument, IS_NAMED)
    return query.where(IdentityDocument.person_id == person_id, MAY_BE_ACTED_FOR)


def _made(
    session: Session, organisation_id: str, person_id: str, context: AuditContext, ends: Ends
) -> Mandate | None:
    """None when the register has said something else meanwhile."""
    lock_organisation(session, organisation_id)
    if session.scalar(named(person_id).where(Organisation.id == organisation_id)) is None:
        return None
    query = select(Mandate).join(Organisation, LIVE_ROOT).where(Organisation.id == organisation_id)
    for root in session.scalars(query.execution_options(populate_existing=True)):
        if root.person_id == person_id:
            return root
        # An organisation has one legal representative.
        end_all(session, [root.id], reason=Reason.REPRESENTATIVE_CHANGED, context=context, ends=ends)
    made = Mandate(
        id=new_id(context.at),
        role=Role.LEGAL_REPRESENTATIVE.value,
        person_id=person_id,
        organisation_id=organisation_id,
        matters=[],
        may_pass_on=True,
        granted_at=context.at,
    )
    session.add(made)
    session.flush()
    event = MandateGranted(person_id, made.id, made.role, organisation_id)
    audit.record(session, event, context=context)
    return made
