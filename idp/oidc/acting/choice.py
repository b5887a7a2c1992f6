"""For whom a person acts in an interaction: what they chose, as far as it still stands and fits, or between
whom they have to choose. Looked up where a client accepts people who act for somebody else, nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, exists, select

from idp.business.models import Organisation
from idp.business.organisation_kinds import OrganisationStatus
from idp.mandates.models import Mandate, Role
from idp.mandates.roots import IS_NAMED, LIVE_ROOT
from idp.mandates.standing import Standing, held_by
from idp.oidc.acting.wearing import NotWorn, worn
from idp.oidc.clients.metadata import Client
from idp.oidc.interaction import Interaction
from idp.people.models import IdentityDocument
from idp.session_clients import MYSELF
from idp.sessions import SignIn
from idp.storage.prepared import Prepared

ACCOUNT_LEVEL = 2
"""Of an account that may act for somebody else: the population register agrees with its number."""
NAMED_ANEW = Prepared(
    select(Organisation.id)
    .join(IdentityDocument, IS_NAMED)
    .where(
        IdentityDocument.person_id == bindparam("person"),
        Organisation.status == OrganisationStatus.ACTIVE,
        ~exists(Mandate.id).where(and_(LIVE_ROOT, Mandate.person_id == bindparam("person"))),
    )
    .limit(1)
)
"""An organisation whose legal representative the person is, and of which no mandate has been made yet."""


@dataclass(frozen=True, slots=True)
class Acting:
    """What the one decider knows of it."""

    choice: str | None = None
    """What was chosen, and stands: `MYSELF`, or a mandate's id. None: nothing."""
    standing: Standing | None = None
    """The mandate that was chosen."""
    hats: tuple[Standing, ...] = ()
    """Where nothing stands that was chosen: the mandates that may be."""
    may_be_more: bool = False
    """The register names the person, and the page will know of what."""

    @property
    def is_for_others(self) -> bool:
        return self.standing is not None or bool(self.hats) or self.may_be_more


UNDECIDED = Acting()


def look_up(
    connection: Connection, current: Interaction, client: Client, signed_in: SignIn, now: datetime
) -> Acting:
    """Of a client that accepts people who act for somebody else."""
    choice = _chosen(current, signed_in)
    if choice == MYSELF and client.metadata.accepts(None):
        return Acting(MYSELF)
    if signed_in.account_level < ACCOUNT_LEVEL:
        return UNDECIDED
    if choice:
        try:
            found = worn(connection, choice, signed_in.person_id, now)
        except NotWorn:
            found = None
        if found is not None and fits(client, found):
            return Acting(choice, found)
    hats = fitting(client, held_by(connection, signed_in.person_id, now))
    return Acting(hats=hats, may_be_more=_is_named_anew(connection, client, signed_in.person_id))


def fitting(client: Client, held: Iterable[Standing]) -> tuple[Standing, ...]:
    return tuple(one for one in held if fits(client, one))


def fits(client: Client, hat: Standing) -> bool:
    """Whether a person may come to this client, with what it asks, on the strength of this mandate."""
    return client.metadata.accepts(hat.role)


def _chosen(current: Interaction, signed_in: SignIn) -> str | None:
    """In this interaction by this person; else at this client before, in this session."""
    choice = current.choice_of(signed_in.person_id)
    if choice is not None or current.request is None:
        return choice
    # OpenID Connect Core 1.0 section 3.1.2.1: the person is to select anew.
    return None if "select_account" in current.request.prompt else signed_in.choice


def _is_named_anew(connection: Connection, client: Client, person_id: str) -> bool:
    if not client.metadata.accepts(Role.LEGAL_REPRESENTATIVE):
        return False
    return NAMED_ANEW.one(connection, {"person": person_id}) is not None
