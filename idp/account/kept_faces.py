"""What the account page says of one's face: which consents stand, and what is kept under them."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from idp.extensions import services
from idp.login.face import keeping
from idp.login.face.keeping import Offer
from idp.login.factors.face import FaceUnavailable
from idp.login.presence_views import face_problem
from idp.login.services import login_services
from idp.people import face_consents
from idp.people.models import FaceEvidence, FacePurpose, FaceTemplate, Person


@dataclass(frozen=True, slots=True)
class Kept:
    """One standing consent to keep something, for whichever words."""

    purpose: str
    text_version: str
    given_at: datetime
    withdraw_url: str
    until: datetime | None = None
    """When the last of what is kept is deleted at the latest; None while there is nothing."""
    is_outdated: bool = False
    """A template of a network that is in use no more: the next check makes another."""


def offers_to(session: Session, person: Person) -> tuple[Offer, ...]:
    """Nothing to a person under 14, or while no face can be checked."""
    offered = keeping.offers(session, person.id, services().settings.liveness)
    return offered if offered and face_problem(person) is None else ()


def kept_of(session: Session, person: Person) -> tuple[Kept, ...]:
    """Also of what is offered no more: what was agreed to can be withdrawn as long as it stands."""
    newest = {one.purpose: one for one in face_consents.standing_of(session, person.id)}
    found = []
    for purpose in (FacePurpose.TEMPLATE, FacePurpose.EVIDENCE):
        consent = newest.get(purpose.value)
        if consent is None:
            continue
        if purpose is FacePurpose.TEMPLATE:
            until, is_outdated = _template(session, person.id)
        else:
            until, is_outdated = _evidence_until(session, person.id), False
        found.append(
            Kept(
                purpose=purpose.value,
                text_version=consent.text_version,
                given_at=consent.given_at,
                withdraw_url=url_for("account.withdraw_face_keeping", purpose=purpose.value),
                until=until,
                is_outdated=is_outdated,
            )
        )
    return tuple(found)


def _template(session: Session, person_id: str) -> tuple[datetime | None, bool]:
    row = session.get(FaceTemplate, person_id)
    if row is None:
        return None, False
    try:
        return row.delete_at, row.model != login_services().faces.match_model()
    except FaceUnavailable:
        return row.delete_at, False


def _evidence_until(session: Session, person_id: str) -> datetime | None:
    query = select(func.max(FaceEvidence.delete_at)).where(FaceEvidence.person_id == person_id)
    return session.scalar(query)
