"""For whom a person acts in an interaction: what they chose, as far as it still stands and fits, or between
whom they have to choose. Looked up where a client accepts people who act for somebody else, nowhere else."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, exists, select

from idp.business.models import MAY_BE_ACTED_FOR, Organisation
from idp.mandates.models import Mandate, Role
from idp.mandates.roots import IS_NAMED, LIVE_ROOT
from idp.mandates.standing import Standing, held_by
from idp.oidc.acting.demand import Demand
from idp.oidc.acting.wearing import NotWorn, worn
from idp.oidc.authorize.request import AuthorizationRequest
from idp.oidc.clients.metadata import Client
from idp.oidc.interaction import Interaction
from idp.oidc.levels import VERIFIED
from idp.people.models import IdentityDocument
from idp.session_clients import MYSELF
from idp.sessions import SignIn
from idp.storage.prepared import Prepared

NAMED_ANEW = Prepared(
    select(Organisation.id)
    .join(IdentityDocument, IS_NAMED)
    .where(
        IdentityDocument.person_id == bindparam("person"),
        MAY_BE_ACTED_FOR,
        ~exists(Mandate.id).where(and_(LIVE_ROOT, Mandate.person_id == bindparam("person"))),
    )
    .limit(1)
)
"""An organisation whose legal representative the person is, and of which no mandate has been made yet."""


@dataclass(frozen=True, slots=True)
class Meant:
    """Who may come, with what is asked."""

    client: Client
    demand: Demand | None

    @property
    def self_fits(self) -> bool:
        fits = self.demand is None or self.demand.is_met_by(None)
        return fits and self.client.metadata.accepts(None)

    def fits(self, hat: Standing) -> bool:
        """Whether a person may come on the strength of this mandate."""
        if not self.client.metadata.accepts(hat.role):
            return False
        return self.demand is None or self.demand.is_met_by(hat)


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
    self_fits: bool = True
    counts_no_more: bool = False
    """They acted for somebody else, and that has ended, or does not fit what is asked now: they are asked,
    and not taken to act as themselves without a word."""

    @property
    def is_for_others(self) -> bool:
        """They do act for somebody else, or may."""
        return self.standing is not None or bool(self.hats) or self.may_be_more


UNDECIDED = Acting()


def chosen(wanted: AuthorizationRequest, current: Interaction, signed_in: SignIn) -> str | None:
    """In this interaction by this person; else at this client before, in this session. What waits elsewhere
    asks each time: nobody sees there for whom they do it."""
    choice = current.choice_of(signed_in.person_id)
    if choice is not None or wanted.answers_to is not None:
        return choice
    # OpenID Connect Core 1.0 section 3.1.2.1: the person is to select anew.
    return None if "select_account" in wanted.prompt else signed_in.choice


def has_lost(wanted: AuthorizationRequest, current: Interaction, signed_in: SignIn) -> bool:
    """Whether what they chose at this client before, in this session, has ended, and they have said nothing
    since."""
    is_said_anew = current.choice_of(signed_in.person_id) is not None
    return signed_in.choice_has_ended and wanted.answers_to is None and not is_said_anew


def look_up(
    connection: Connection,
    meant: Meant,
    choice: str | None,
    signed_in: SignIn,
    now: datetime,
    *,
    has_lost: bool = False,
) -> Acting:
    """Of a client that accepts people who act for somebody else. `choice`: what was chosen before.
    `has_lost`: as the function says it."""
    if choice == MYSELF and meant.self_fits:
        return Acting(MYSELF)
    if choice:
        try:
            found = worn(connection, choice, signed_in.person_id, now)
        except NotWorn:
            found = None
        if found is not None and meant.fits(found):
            return Acting(choice, found, self_fits=meant.self_fits)
    return Acting(
        hats=hats(connection, meant, signed_in, now),
        may_be_more=_is_named_anew(connection, meant, signed_in),
        self_fits=meant.self_fits,
        counts_no_more=bool(choice) or has_lost,
    )


def hats(connection: Connection, meant: Meant, signed_in: SignIn, now: datetime) -> tuple[Standing, ...]:
    """What the person may choose beside themselves, the oldest first."""
    if signed_in.account_level < VERIFIED:
        return ()
    return tuple(one for one in held_by(connection, signed_in.person_id, now) if meant.fits(one))


def _is_named_anew(connection: Connection, meant: Meant, signed_in: SignIn) -> bool:
    if signed_in.account_level < VERIFIED:
        return False
    if not meant.client.metadata.accepts(Role.LEGAL_REPRESENTATIVE):
        return False
    return NAMED_ANEW.one(connection, {"person": signed_in.person_id}) is not None
