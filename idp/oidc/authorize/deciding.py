"""The facts of an interaction, looked up and put before the one decider."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam

from idp import sessions
from idp.audit.context import AuditContext
from idp.oidc import errors, sharing
from idp.oidc.acting import choice
from idp.oidc.acting.choice import UNDECIDED, Acting, Meant
from idp.oidc.acting.demand import demand_of
from idp.oidc.authorize.addressing import Shown
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.clients.metadata import Client
from idp.oidc.http import Request
from idp.oidc.interaction import Interaction
from idp.oidc.next_step import Facts, Step, counting, next_step
from idp.oidc.presence import presence_seconds
from idp.oidc.provider import Provider
from idp.oidc.sharing import Agreed, Consent
from idp.oidc.subjects import sub_of
from idp.oidc.token.codes import Authorization
from idp.sessions import BrowserSession, SignIn
from idp.storage.prepared import Prepared

FACTS = Prepared(
    sessions.SIGNED_IN.add_columns(*sharing.COLUMNS).join(
        Consent,
        and_(Consent.person_id == BrowserSession.person_id, Consent.client_id == bindparam("client")),
        isouter=True,
    )
)
"""Who is signed in, and what they have agreed to with the client, in one statement."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What comes next, and the facts it was decided on."""

    step: Step
    client: Client | None
    sign_in: SignIn | None
    """As far as it counts here."""
    agreed: Agreed | None
    signed_in: SignIn | None
    """Who is in this browser, whether that counts here or not."""
    acting: Acting = UNDECIDED
    """For whom they act."""


@dataclass(frozen=True, slots=True)
class Ending:
    """An interaction that ends with this request of its browser's: what was asked by whom, and when."""

    request: Request
    interaction: Interaction
    wanted: AuthorizationRequest
    client: Client
    now: datetime


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a person allows a client, and what it rests on."""

    authorization: Authorization
    level: int
    signed_in: SignIn


def decide(provider: Provider, current: Interaction, session_secret: str, now: datetime) -> Decided:
    """Look up the facts and ask the one decider. Raises Shown when the client is gone meanwhile."""
    wanted = current.request
    client = None if wanted is None else provider.clients.find(wanted.client_id)
    if wanted is not None and client is None:
        error = errors.InvalidRequest("The client is not known.", detail="suspended meanwhile")
        raise Shown(error, client_id=wanted.client_id)
    agreed: Agreed | None = None
    sub: str | None = None
    acting = UNDECIDED
    row = sessions.row_of(FACTS, provider.reads, session_secret, now, current.client_id or "")
    signed_in: SignIn | None = None
    if row is not None:
        signed_in = sessions.from_row(row)
        if client is not None:
            agreed = None if row.id is None else sharing.from_row(row)
            sub = sub_of(provider.pairwise_key, client, signed_in.person_id)
            acting = _acting(provider, current, client, signed_in, now)
    presence = presence_seconds(provider, client)
    facts = Facts(signed_in, client, agreed, presence, sub, acting, provider.highest_level)
    step = next_step(current, facts, now)
    counts = counting(current, client, signed_in, now)
    return Decided(step, client, counts, agreed, signed_in, acting)


def _acting(
    provider: Provider, current: Interaction, client: Client, signed_in: SignIn, now: datetime
) -> Acting:
    """Nothing is looked up where nobody may act for somebody else."""
    wanted = current.request
    if wanted is None or not client.metadata.accepts_hats:
        return UNDECIDED
    meant = Meant(client, demand_of(provider, client, wanted.particulars, wanted.resources))
    before = choice.chosen(wanted, current, signed_in)
    has_lost = choice.has_lost(wanted, current, signed_in)
    with provider.reads.connect() as connection:
        return choice.look_up(connection, meant, before, signed_in, now, has_lost=has_lost)


def signed_in_at(provider: Provider, ending: Ending) -> SignIn | None:
    """Who is in the browser, whether that counts for the request or not."""
    secret = ending.request.cookie(sessions.COOKIE)
    return sessions.sign_in(provider.reads, secret, ending.now, ending.client.client_id)


def context_of(provider: Provider, ending: Ending) -> AuditContext:
    current = ending.interaction
    return provider.context(ending.request, ending.now, interaction_id=current.id, device=current.browser)
