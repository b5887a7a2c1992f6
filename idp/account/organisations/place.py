"""Which organisation a page is about, and as whom the viewer is there: by a mandate of theirs that stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import abort
from sqlalchemy.orm import Session

from idp.business.models import Organisation
from idp.extensions import services
from idp.mandates.ending import with_all_below
from idp.mandates.models import Mandate, Role
from idp.mandates.standing import Standing, held_by
from idp.sessions import SignIn

ORGANISATIONS: Final = "/account/organisations"
LADDER: Final = (Role.LEGAL_REPRESENTATIVE, Role.ADMINISTRATOR, Role.AGENT)
"""The roles in an organisation, the strongest first."""


@dataclass(frozen=True, slots=True, repr=False)
class Place:
    """An organisation, and what the viewer is in it."""

    organisation: Organisation
    name: str
    own: Standing
    """The strongest of the viewer's mandates there."""

    @property
    def id(self) -> str:
        return self.organisation.id

    @property
    def path(self) -> str:
        return f"{ORGANISATIONS}/{self.id}"

    @property
    def appoints(self) -> tuple[Role, ...]:
        """Whom the viewer may invite."""
        if self.own.role is Role.LEGAL_REPRESENTATIVE:
            return Role.AGENT, Role.ADMINISTRATOR
        return (Role.AGENT,) if self.own.is_business or self.own.may_pass_on else ()

    @property
    def sets_rules(self) -> bool:
        """Whoever stands for it in all business."""
        return self.own.is_business and not self.own.matters

    def sees(self, session: Session, mandate: Mandate) -> bool:
        """Who stands for the organisation sees everybody; an agent themselves and those below."""
        if mandate.organisation_id != self.id:
            return False
        return self.own.is_business or mandate.id in with_all_below(session, [self.own.mandate_id])


def places_of(session: Session, person_id: str, now: datetime) -> tuple[Place, ...]:
    """All of a person's, one an organisation, by name."""
    strongest: dict[str, Standing] = {}
    for one in held_by(session.connection(), person_id, now):
        if one.organisation_id is None:
            continue
        known = strongest.get(one.organisation_id)
        if known is None or _rank(one) < _rank(known):
            strongest[one.organisation_id] = one
    found = (_place(session, own) for own in strongest.values())
    return tuple(sorted(found, key=lambda place: place.name))


def place_of(session: Session, signed_in: SignIn, organisation_id: str) -> Place:
    """404 for everybody who has nothing to do there: nobody else learns that it is known here."""
    places = places_of(session, signed_in.person_id, services().clock())
    found = next((place for place in places if place.id == organisation_id), None)
    if found is None:
        abort(404)
    return found


def mandate_at(session: Session, place: Place, mandate_id: str) -> Mandate:
    """One that the viewer may look at; 404 for every other."""
    row = session.get(Mandate, mandate_id)
    if row is None or not place.sees(session, row):
        abort(404)
    return row


def _rank(one: Standing) -> tuple[int, bool]:
    return LADDER.index(one.role), not one.may_pass_on


def _place(session: Session, own: Standing) -> Place:
    organisation = session.get_one(Organisation, own.organisation_id)
    return Place(organisation, services().organisations.name_of(organisation), own)
