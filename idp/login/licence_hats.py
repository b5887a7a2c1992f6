"""Whom the holder of a licence acts for: its organisation, where the client lets organisations come."""

from datetime import datetime

from idp.audit.events import ActingChosen
from idp.extensions import services
from idp.login.circumstances import context
from idp.login.visits import Visit
from idp.mandates.standing import Standing
from idp.oidc import interaction as interactions


def choose(visit: Visit, hat: Standing, now: datetime) -> None:
    """Note it in this sign-in; whether it may stand is asked wherever it is used.

    Where another tab was faster, what was chosen there holds.
    """
    client, found = visit.client, services()
    if client is None or not client.metadata.accepts(hat.role):
        return
    if not interactions.choose(found.store, visit.interaction, hat.person_id, hat.mandate_id, now):
        return
    event = ActingChosen(
        client_id=client.client_id,
        person_id=hat.person_id,
        mandate_id=hat.mandate_id,
        role=hat.role.value,
        organisation_id=hat.organisation_id,
        principal_id=None,
    )
    found.audit.append(event, context(now, visit.id))
