"""No, said on the account page: to one request, or to one that the person never began."""

from idp.audit.context import AuditContext
from idp.audit.events.backchannel import BackchannelReported
from idp.audit.events.decoupled import AuthorizationDenied
from idp.oidc.backchannel import answered, quotas
from idp.oidc.clients.metadata import Client
from idp.oidc.decoupled import waiting
from idp.oidc.decoupled.waiting import WaitingRequest
from idp.oidc.provider import Provider

REFUSED, REPORTED = "refused", "reported"


def refuse(
    provider: Provider, client: Client, person_id: str, asked: WaitingRequest, context: AuditContext
) -> bool:
    """The client is told `access_denied`, and no reason. False when it was over before."""
    return _refuse(provider, client, person_id, asked, REFUSED, context)


def report(
    provider: Provider, client: Client, person_id: str, asked: WaitingRequest, context: AuditContext
) -> bool:
    """It was not theirs: besides, the client asks them in vain for some days, and does not learn of it."""
    quotas.mute(provider, client.client_id, person_id)
    days = provider.backchannel.muted_days
    provider.audit.append(BackchannelReported(client.client_id, person_id, asked.grant_id, days), context)
    return _refuse(provider, client, person_id, asked, REPORTED, context)


def _refuse(
    provider: Provider,
    client: Client,
    person_id: str,
    asked: WaitingRequest,
    reason: str,
    context: AuditContext,
) -> bool:
    if not waiting.deny(provider.store, asked, context.at):
        return False
    event = AuthorizationDenied(
        client_id=client.client_id,
        person_id=person_id,
        way=asked.way,
        reason=reason,
        grant_id=asked.grant_id,
    )
    provider.audit.append(event, context)
    answered.denied(provider, client, asked, context.at)
    return True
