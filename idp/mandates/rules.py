"""What an organisation has decided for itself about its mandates."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.mandates import AcceptanceLevelChanged
from idp.mandates.locking import lock_organisation
from idp.mandates.models import OrganisationRules
from idp.mandates.refusing import MandateRefused, Refusal
from idp.mandates.standing import Standing, standing

LEVELS = range(2, 5)
"""Below 2 nobody knows that a person is who the invitation names; 4 is a certificate with a hardware key."""
REACHED_BY_EVERYBODY = 3
"""Level 4 takes a key in hardware, which not everybody has."""
BETWEEN_PEOPLE = 3
"""On each side, where one person asks another to act for them."""


@dataclass(frozen=True, slots=True)
class AcceptanceLevels:
    """The level of the sign-in in which a mandate is given, and accepted."""

    default: int
    """Where an organisation has set none."""

    def of(self, session: Session, organisation_id: str | None) -> int:
        """None: between people."""
        if organisation_id is None:
            return BETWEEN_PEOPLE
        row = session.get(OrganisationRules, organisation_id, populate_existing=True)
        return self.default if row is None else row.acceptance_level

    def set(self, session: Session, by: Standing, level: int, *, proved: int, context: AuditContext) -> bool:
        """By whoever stands for the organisation in all business; False when it is so already. The caller
        commits. `proved`: the level of their sign-in.

        Who lowers it proves what it was: a weaker sign-in opens no weaker door. And who asks for more than
        everybody can prove proves it: an administrator without such a key would shut out all the others, the
        legal representative included. Raises MandateRefused.
        """
        organisation_id = by.organisation_id
        if organisation_id is None:
            raise MandateRefused(Refusal.NO_STANDING)
        lock_organisation(session, organisation_id)
        held = standing(session.connection(), by.mandate_id, context.at)
        if held is None or not held.is_business or held.matters:
            raise MandateRefused(Refusal.NO_STANDING)
        if level not in LEVELS:
            raise MandateRefused(Refusal.ACCEPTANCE_LEVEL)
        before = self.of(session, organisation_id)
        if proved < before or proved < level > REACHED_BY_EVERYBODY:
            raise MandateRefused(Refusal.LEVEL)
        if level == before:
            return False
        row = session.get(OrganisationRules, organisation_id)
        if row is None:
            row = OrganisationRules(organisation_id=organisation_id)
            session.add(row)
        row.acceptance_level, row.changed_at, row.changed_by = level, context.at, held.person_id
        event = AcceptanceLevelChanged(held.person_id, organisation_id, level)
        audit.record(session, event, context=context)
        return True
