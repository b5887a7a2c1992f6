"""The answer that a waiting request gets: the client fetches it, and the person is sent back to where they
began by a page of ours."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from idp.audit.events.decoupled import AuthorizationApproved, AuthorizationDenied
from idp.oidc import errors, interaction
from idp.oidc.authorize.answers import Answer
from idp.oidc.authorize.deciding import Allowed, Ending, context_of, signed_in_at
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.backchannel import answered
from idp.oidc.clients.metadata import Client
from idp.oidc.decoupled import waiting
from idp.oidc.decoupled.waiting import Status, WaitingRequest
from idp.oidc.http import answer_redirect
from idp.oidc.interaction import Interaction, InteractionExpired
from idp.oidc.provider import Provider

ANSWERED_PATH = "/oauth2/answered"
APPROVED, DENIED = "approved", "denied"


def begin(provider: Provider, found: WaitingRequest, browser: str, now: datetime) -> Interaction:
    """The person is here, in this browser, and has said that the request is theirs: the same pages follow
    as for any other. Raises InteractionExpired."""
    if not found.is_open(now) or found.seconds_left(now) < 1:
        raise InteractionExpired(found.client_id, kind="expired")
    seconds = min(found.seconds_left(now), provider.protocol.interaction_seconds)
    started = interaction.new(found.request, browser, now, seconds=seconds)
    interaction.keep(provider.store, started, now)
    return started


def granted(provider: Provider, ending: Ending, allowed: Allowed) -> Answer:
    """Raises InteractionExpired when somebody else has answered before, or the time is over."""
    found, client = _open(provider, ending.wanted, ending.now), ending.client
    authorization, seconds = allowed.authorization, provider.protocol.access_token_seconds
    if not waiting.approve(provider.store, found, authorization, ending.now, token_seconds=seconds):
        raise InteractionExpired(client.client_id, kind="finished")
    event = AuthorizationApproved(
        client_id=client.client_id,
        person_id=authorization.person_id,
        way=found.way,
        scopes=authorization.scopes,
        level=allowed.level,
        grant_id=found.grant_id,
        mandate_id=authorization.mandate_id,
    )
    context = context_of(provider, ending)
    provider.audit.append(event, context)
    answered.approved(provider, client, found, authorization, context)
    return _page(ending.interaction, APPROVED)


def refused(provider: Provider, ending: Ending, error: errors.ProtocolError) -> Answer:
    """The client is told `access_denied` by its next poll, whatever the reason: no other code is for that
    (RFC 8628 section 3.5). Raises InteractionExpired."""
    found, client = _open(provider, ending.wanted, ending.now), ending.client
    if not waiting.deny(provider.store, found, ending.now):
        raise InteractionExpired(client.client_id, kind="finished")
    signed_in = signed_in_at(provider, ending)
    event = AuthorizationDenied(
        client_id=client.client_id,
        person_id=None if signed_in is None else signed_in.person_id,
        way=found.way,
        reason=error.error,
        grant_id=found.grant_id,
    )
    provider.audit.append(event, context_of(provider, ending))
    answered.denied(provider, client, found, ending.now)
    return _page(ending.interaction, DENIED)


@dataclass(frozen=True, slots=True)
class Concluded:
    """What the last page is about."""

    interaction: Interaction
    client: Client | None


def concluded(provider: Provider, interaction_id: str, browser: str) -> Concluded:
    """An interaction of this browser that has had its answer.

    Raises InteractionExpired, InteractionForeign.
    """
    over = interaction.finished(provider.store, interaction_id, browser)
    if over.request is None or over.request.answers_to is None:
        raise InteractionExpired
    return Concluded(over, provider.clients.find(over.request.client_id))


def _open(provider: Provider, wanted: AuthorizationRequest, now: datetime) -> WaitingRequest:
    found = None if wanted.answers_to is None else waiting.find(provider.store, wanted.answers_to)
    if found is None or found.status is not Status.PENDING:
        raise InteractionExpired(wanted.client_id, kind="finished")
    if not found.is_open(now):
        raise InteractionExpired(wanted.client_id, kind="expired")
    return found


def _page(current: Interaction, outcome: str) -> Answer:
    said = urlencode({"interaction": current.id, "outcome": outcome})
    return answer_redirect(f"{ANSWERED_PATH}?{said}")
