"""The page on which a person says for whom they act: what it shows, and what its answers mean. The page
itself is in `choosing_views`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp import session_clients, sessions
from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.signing_in import SignedOut
from idp.business.models import Organisation
from idp.business.organisations import NAME
from idp.crypto.digests import digest
from idp.crypto.fields import FieldCipher
from idp.mandates import roots
from idp.mandates.models import Role
from idp.mandates.standing import Standing
from idp.oidc import interaction
from idp.oidc.acting import choice
from idp.oidc.acting.choice import Acting, Meant
from idp.oidc.acting.demand import demand_of
from idp.oidc.acting.ending import end_what_rests_on
from idp.oidc.acting.remembering import remember
from idp.oidc.authorize.deciding import Decided, decide
from idp.oidc.clients.metadata import Client
from idp.oidc.http import Request
from idp.oidc.interaction import Interaction
from idp.oidc.levels import VERIFIED
from idp.oidc.logout.ending import FORGET
from idp.oidc.next_step import Step
from idp.oidc.provider import Provider
from idp.oidc.session_management import browser_state
from idp.oidc.session_management.browser_state import Headers
from idp.people import directory
from idp.people.models import Person
from idp.session_clients import MYSELF
from idp.sessions import SignIn

SHOWN_AT_MOST = 50
"""At once; who may act for more finds them by name or code."""
SEARCHED_FROM = 9
"""With fewer, looking is faster than typing."""
ASKED_ON = (Step.CHOOSE, Step.CONSENT)
"""Until they have agreed, people may think again."""


@dataclass(frozen=True, slots=True, repr=False)
class Option:
    """Somebody for whom the person may act here."""

    choice: str
    standing: Standing | None = None
    """None: as themselves."""
    name: str = ""
    code: str | None = None
    """The credit code of an organisation."""


@dataclass(frozen=True, slots=True, repr=False)
class Question:
    """Between whom a person has to choose."""

    interaction: Interaction
    client: Client
    signed_in: SignIn
    options: tuple[Option, ...]
    chosen: str | None
    """The one that is ticked already."""
    counts_no_more: bool = False
    """They acted for somebody else here before, and that has ended, or does not fit what is asked now."""

    @property
    def may_add(self) -> bool:
        """Whether organisations that the person represents may come here."""
        is_known = self.signed_in.account_level >= VERIFIED
        return is_known and self.client.metadata.accepts(Role.LEGAL_REPRESENTATIVE)

    @property
    def asked(self) -> str:
        """Comes back with the answer: a page left open chooses nothing for who signed in meanwhile."""
        return digest(f"{self.interaction.id}\n{self.signed_in.person_id}")

    def option(self, picked: str | None) -> Option | None:
        return next((one for one in self.options if one.choice == picked), None)

    def matching(self, text: str) -> tuple[Option, ...]:
        """By part of a name or of a code; nothing typed finds all."""
        wanted = "".join(text.split()).casefold()
        return tuple(
            one
            for one in self.options
            if wanted in "".join(one.name.split()).casefold() or wanted in (one.code or "").casefold()
        )


def question(provider: Provider, request: Request, interaction_id: str, browser: str) -> Question | None:
    """None when something else comes first, or there is nothing to choose. Raises the errors of `find`."""
    now = provider.clock()
    found = interaction.find(provider.store, interaction_id, browser, now)
    decided = decide(provider, found, request.cookie(sessions.COOKIE), now)
    client, signed_in = decided.client, decided.sign_in
    if client is None or signed_in is None or found.request is None or decided.step not in ASKED_ON:
        return None
    if not client.metadata.accepts_hats:
        return None
    if decided.acting.may_be_more:
        _make_roots(provider, request, found, signed_in, now)
    wanted = found.request
    meant = Meant(client, demand_of(provider, client, wanted.particulars, wanted.resources))
    with Session(provider.reads) as session:
        connection = session.connection()
        standing = choice.hats(connection, meant, signed_in, now)
        last = session_clients.last_choice(connection, signed_in.sid)
        others = named(session, provider.cipher, standing)
    options = (*((Option(MYSELF),) if meant.self_fits else ()), *others)
    ticked = _ticked(options, decided.acting.choice, last)
    made = Question(found, client, signed_in, options, ticked, decided.acting.counts_no_more)
    return made if _is_one(made, decided) else None


def _is_one(made: Question, decided: Decided) -> bool:
    """Of themselves alone nobody is asked, but to select an account."""
    if [one.choice for one in made.options] != [MYSELF]:
        return True
    return decided.step is Step.CHOOSE and not decided.acting.may_be_more


def option_of(session: Session, cipher: FieldCipher, acting: Acting) -> Option | None:
    """What was chosen; None when nobody asked."""
    if acting.standing is not None:
        return named(session, cipher, (acting.standing,))[0]
    return None if acting.choice is None else Option(acting.choice)


def named(session: Session, cipher: FieldCipher, hats: Iterable[Standing]) -> tuple[Option, ...]:
    """Organisations by their names, then people."""
    found = tuple(hats)
    organisations = {one.organisation_id for one in found if one.organisation_id is not None}
    people = {one.principal_id for one in found if one.principal_id is not None}
    codes: dict[str, tuple[str, str]] = {}
    for row in session.scalars(select(Organisation).where(Organisation.id.in_(organisations))):
        name = cipher.open_text(row.name_sealed, context=f"{NAME}:{row.id}")
        codes[row.id] = name, row.code
    rows = session.scalars(select(Person).where(Person.id.in_(people)))
    names = {row.id: directory.name_of(row, cipher) for row in rows}
    businesses = [
        Option(one.mandate_id, one, *codes[one.organisation_id])
        for one in found
        if one.organisation_id is not None
    ]
    principals = [
        Option(one.mandate_id, one, names[one.principal_id]) for one in found if one.principal_id is not None
    ]
    return (*sorted(businesses, key=_by_name), *sorted(principals, key=_by_name))


def choose(provider: Provider, request: Request, asked: Question, picked: Option) -> None:
    said = context(provider, request, asked)
    person_id = asked.signed_in.person_id
    remember(provider, asked.interaction, asked.client, person_id, picked.standing, said)


def sign_out(provider: Provider, request: Request, asked: Question) -> Headers:
    """The person says that they are somebody else: one browser, one person (`login.admission`). Headers for
    the answer, which leads on to a sign-in."""
    now = provider.clock()
    signed_in = asked.signed_in
    event = SignedOut(signed_in.person_id, asked.client.client_id, digest(signed_in.sid), "somebody-else")
    with provider.sessions.begin() as session:
        if sessions.end(session, signed_in.sid, now):
            audit.record(session, event, context=context(provider, request, asked))
    return *browser_state.forget(provider), *FORGET


def context(provider: Provider, request: Request, asked: Question) -> AuditContext:
    return _context(provider, request, asked.interaction, provider.clock())


def _by_name(option: Option) -> tuple[str, str]:
    return option.name, option.choice


def _ticked(options: Iterable[Option], chosen: str | None, last: str | None) -> str | None:
    """What was chosen, or where the person was last asked in this session, or all there is."""
    there = [one.choice for one in options]
    found = [one for one in (chosen, last) if one is not None and one in there]
    if found:
        return found[0]
    return there[0] if len(there) == 1 else None


def _make_roots(
    provider: Provider, request: Request, current: Interaction, signed_in: SignIn, now: datetime
) -> None:
    context = _context(provider, request, current, now)
    with provider.sessions.begin() as session:
        roots.represents(session, signed_in.person_id, context=context, ends=end_what_rests_on)


def _context(provider: Provider, request: Request, current: Interaction, now: datetime) -> AuditContext:
    return provider.context(request, now, interaction_id=current.id, device=current.browser)
