"""Noting for whom a person acts, by whatever they have said it: a page, or an organisation's licence."""

from idp.audit.context import AuditContext
from idp.audit.events.acting import ActingChosen
from idp.mandates.standing import Standing
from idp.oidc import interaction
from idp.oidc.clients.metadata import Client
from idp.oidc.interaction import Interaction
from idp.oidc.provider import Provider
from idp.session_clients import MYSELF


def remember(
    provider: Provider,
    current: Interaction,
    client: Client,
    person_id: str,
    hat: Standing | None,
    context: AuditContext,
) -> None:
    """In this interaction, with its event. `hat`: None for as themselves.

    Whether it stands is asked wherever it is used. Where another tab was faster, the interaction goes on with
    what was chosen there.
    """
    choice = MYSELF if hat is None else hat.mandate_id
    if not interaction.choose(provider.store, current, person_id, choice, context.at):
        return
    event = ActingChosen(
        client_id=client.client_id,
        person_id=person_id,
        mandate_id=None if hat is None else hat.mandate_id,
        role=None if hat is None else hat.role.value,
        organisation_id=None if hat is None else hat.organisation_id,
        principal_id=None if hat is None else hat.principal_id,
    )
    provider.audit.append(event, context)
