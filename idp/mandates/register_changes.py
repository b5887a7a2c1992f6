"""What becomes of an organisation's mandates when the business register says something new.

Called in the transaction that keeps the register's answer, which holds the organisation's row.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.mandates import MandatesSuspended
from idp.business.models import Organisation
from idp.business.organisation_kinds import OrganisationStatus
from idp.business.organisations import Change
from idp.mandates.ending import Ends, Reason, end_all, live_of_organisation
from idp.mandates.models import Mandate, Role
from idp.mandates.roots import is_represented_by

FOR_GOOD = frozenset({OrganisationStatus.REVOKED, OrganisationStatus.DISSOLVED, OrganisationStatus.MISSING})
"""Statuses of which an organisation's ladder does not come back."""


def organisation_changed(
    session: Session,
    organisation_id: str,
    changes: Collection[Change],
    context: AuditContext,
    *,
    ends: Ends,
) -> None:
    """End what depended on how it was before. The caller commits.

    Revoked, dissolved or missing: everything ends. Another legal representative: the former one's ladder
    ends, all of it. Suspended: nobody acts, and what was opened ends, but the mandates come back with the
    organisation.
    """
    organisation = session.get_one(Organisation, organisation_id)
    if Change.STATUS in changes and organisation.status in FOR_GOOD:
        live = live_of_organisation(session, organisation_id)
        end_all(session, live, reason=Reason.ORGANISATION_ENDED, context=context, ends=ends)
        return
    if Change.LEGAL_REPRESENTATIVE in changes:
        _end_ladders_of_others(session, organisation, context, ends)
    if Change.STATUS in changes and organisation.status != OrganisationStatus.ACTIVE:
        live = live_of_organisation(session, organisation_id)
        if live:
            audit.record(session, MandatesSuspended(organisation_id, len(live)), context=context)
            ends(session, live, context.at)


def _end_ladders_of_others(
    session: Session, organisation: Organisation, context: AuditContext, ends: Ends
) -> None:
    """A representative whose number was corrected, and who has both, is the same person still."""
    query = select(Mandate).where(
        Mandate.organisation_id == organisation.id,
        Mandate.role == Role.LEGAL_REPRESENTATIVE,
        Mandate.ended_at.is_(None),
    )
    former = [
        root.id
        for root in session.scalars(query)
        if not is_represented_by(session, organisation.id, root.person_id)
    ]
    end_all(session, former, reason=Reason.REPRESENTATIVE_CHANGED, context=context, ends=ends)
