"""The consent page: what it shows, and what its answer means. The page itself is in `views`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from idp import sessions
from idp.audit.context import AuditContext
from idp.audit.events.protocol import ConsentRefused
from idp.crypto.digests import digest
from idp.crypto.fields import FieldCipher
from idp.oidc import interaction, sharing
from idp.oidc.acting import choosing
from idp.oidc.acting.choosing import Option
from idp.oidc.authorize.deciding import decide
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.claims import units
from idp.oidc.clients.fields.scope import SCOPES
from idp.oidc.clients.metadata import Client
from idp.oidc.details import kept
from idp.oidc.details.particulars import (
    NOTHING,
    PURPOSE,
    Particulars,
    digest_of,
    digests_of,
    digests_of_places,
)
from idp.oidc.details.reading import Detail
from idp.oidc.http import Request
from idp.oidc.interaction import Interaction, InteractionExpired
from idp.oidc.masked import MASKED
from idp.oidc.next_step import Step
from idp.oidc.provider import Provider
from idp.people.models import Person


@dataclass(frozen=True, slots=True)
class Item:
    """One unit on the page: a scope, or what `claims.units` has beside them."""

    scope: str
    value_masked: str | None
    required: bool
    left_out: bool = False
    """The person left it out before: who asks again does not tick it for them."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the person is asked to agree to."""

    interaction: Interaction
    client: Client
    person_id: str
    items: tuple[Item, ...]
    days: int
    details: tuple[Detail, ...] = ()
    """Of the request (RFC 9396); all of them or none."""
    stated_purpose: str = ""
    """What the client says that this request is for."""
    resources: tuple[tuple[str, Client | None], ...] = ()
    """Where its tokens are to be used (RFC 8707), and who serves that. Not userinfo, which is here."""
    acting: Option | None = None
    """For whom the person chose to act, themselves included; None: nobody asked them."""

    @property
    def particulars(self) -> Particulars:
        request = self.interaction.request
        found = NOTHING if request is None else request.particulars
        # What is agreed to for somebody else is asked about each time: the next may be for another.
        return found if self.mandate_id is None else replace(found, once=found.digests)

    @property
    def mandate_id(self) -> str | None:
        hat = None if self.acting is None else self.acting.standing
        return None if hat is None else hat.mandate_id

    @property
    def portal_host(self) -> str:
        """Where the answer goes: the one thing on the page that the client cannot choose freely. Nothing
        where the client fetches it."""
        request = self.interaction.request
        if request is None or request.answers_to is not None:
            return ""
        parts = urlsplit(request.redirect_uri)
        return parts.netloc or f"{parts.scheme}:"

    @property
    def asked(self) -> str:
        """Comes back with the answer: a page left open agrees neither for who signed in meanwhile, nor for
        whom somebody chose to act meanwhile, nor to a purpose, a scope, a detail or a place that it did not
        show."""
        scopes = (f"{item.scope}:{item.required}" for item in self.items)
        places = (f"at {uri}" for uri, _ in self.resources)
        shown = (self.client.metadata.purpose_code, *scopes, *self.particulars.digests, *places)
        acting = () if self.mandate_id is None else (f"for {self.mandate_id}",)
        return digest("\n".join((self.interaction.id, self.person_id, *acting, *shown)))


def question(provider: Provider, request: Request, interaction_id: str, browser: str) -> Question | None:
    """None when something else comes first, or nothing is left to ask. Raises the errors of `find`."""
    now = provider.clock()
    found = interaction.find(provider.store, interaction_id, browser, now)
    decided = decide(provider, found, request.cookie(sessions.COOKIE), now)
    if decided.step is not Step.CONSENT or decided.client is None or decided.sign_in is None:
        return None
    client, person_id = decided.client, decided.sign_in.person_id
    asked = () if found.request is None else found.request.units
    voluntary = () if found.request is None else found.request.voluntary
    optional: Collection[str] = client.metadata.optional_scopes.union(
        voluntary, set(units.UNITS) - {*SCOPES, *asked}
    )
    if client.is_self_registered:
        # Nobody has looked at what it needs, so the person may leave out whatever they like.
        optional = set(units.UNITS) - {"openid"}
    shown = sharing.to_show(asked, decided.agreed, client.metadata.purpose_code, now)
    before = decided.agreed
    left_out = frozenset[str]() if before is None else before.asked - before.scopes
    with Session(provider.reads) as session:
        items = _items(session, provider.cipher, person_id, shown, optional, left_out, now)
        acting = choosing.option_of(session, provider.cipher, decided.acting)
    made = Question(found, client, person_id, items, provider.protocol.consent_days, acting=acting)
    return made if found.request is None else _with_particulars(provider, made, found.request)


def _with_particulars(provider: Provider, made: Question, wanted: AuthorizationRequest) -> Question:
    """Raises InteractionExpired when what is asked cannot be shown as it was: nobody agrees to it then."""
    client, asked = made.client, wanted.particulars
    details = kept.details_of(
        *(provider.cipher, client.client_id, asked.details, provider.details_types),
        client.metadata.authorization_details_types,
    )
    purpose = kept.unseal(provider.cipher, kept.PURPOSE, client.client_id, asked.purpose)
    key, client_id = provider.details_key, client.client_id
    stated = (digest_of(key, client_id, PURPOSE, purpose),) if purpose else ()
    places = digests_of_places(key, client_id, wanted.resources, provider.issuer)
    if (*digests_of(key, client_id, details), *stated, *places) != asked.digests:
        raise InteractionExpired(client.client_id, kind="expired")
    elsewhere = (uri for uri in wanted.resources if uri != provider.issuer)
    return replace(
        made,
        details=details,
        stated_purpose=purpose,
        resources=tuple((uri, _server_of(provider, uri)) for uri in elsewhere),
    )


def _server_of(provider: Provider, uri: str) -> Client | None:
    server = provider.resources.server_of(uri)
    return None if server is None else provider.clients.find(server)


def agree(provider: Provider, request: Request, asked: Question, chosen: Iterable[str]) -> None:
    """`chosen`: what the person left in of that which they may leave out."""
    kept = set(chosen)
    context = _context(provider, request, asked)
    with provider.sessions.begin() as session:
        sharing.agree(
            session,
            asked.person_id,
            asked.client.client_id,
            tuple(item.scope for item in asked.items if item.required or item.scope in kept),
            asked.client.metadata.purpose_code,
            asked=tuple(item.scope for item in asked.items),
            days=asked.days,
            context=context,
            particulars=asked.particulars,
        )
    if asked.particulars.digests:
        # After the consent: should this be lost, the person is asked again, and has not agreed twice.
        interaction.agreed_to(provider.store, asked.interaction, asked.person_id, context.at)


def refuse(provider: Provider, request: Request, asked: Question) -> None:
    """Nothing is kept but the event; the client then gets `access_denied`."""
    scopes = tuple(item.scope for item in asked.items)
    event = ConsentRefused(
        *(asked.client.client_id, asked.person_id, scopes),
        particulars=asked.particulars.kinds,
        particular_digests=asked.particulars.digests,
    )
    provider.audit.append(event, _context(provider, request, asked))


def _context(provider: Provider, request: Request, asked: Question) -> AuditContext:
    current = asked.interaction
    return provider.context(request, provider.clock(), interaction_id=current.id, device=current.browser)


def _items(
    session: Session,
    cipher: FieldCipher,
    person_id: str,
    shown: tuple[str, ...],
    optional: Collection[str],
    left_out: Collection[str],
    now: datetime,
) -> tuple[Item, ...]:
    person = session.get_one(Person, person_id)
    return tuple(
        Item(
            unit,
            MASKED[unit](session, person, cipher, now) if unit in MASKED else None,
            unit not in optional,
            unit in left_out,
        )
        for unit in shown
    )
