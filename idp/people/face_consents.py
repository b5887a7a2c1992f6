"""The separate consent to process a face (Personal Information Protection Law, articles 14, 15 and 29).

Recorded before the camera opens, with the version of the words that were shown; it can be withdrawn at any
time, after which no camera opens until it is given again. There is always a way without a face.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events import FaceConsentGiven, FaceConsentWithdrawn
from idp.people.models import FaceConsent
from idp.storage.base import new_id
from idp.storage.database import deleted

UNATTACHED_DAYS = 1


def give(
    session: Session, person_id: str | None, *, text_version: str, locale: str, context: AuditContext
) -> FaceConsent:
    """`person_id` is None while an enrolment has not made the person yet: `attach` fills it in."""
    consent = FaceConsent(
        id=new_id(context.at),
        person_id=person_id,
        text_version=text_version,
        locale=locale,
        given_at=context.at,
        withdrawn_at=None,
    )
    session.add(consent)
    audit.record(session, FaceConsentGiven(person_id, consent.id, text_version), context=context)
    return consent


def active_of(session: Session, person_id: str, text_version: str) -> FaceConsent | None:
    """The consent that stands for these words; other words need a consent of their own."""
    query = (
        select(FaceConsent)
        .where(FaceConsent.person_id == person_id, FaceConsent.withdrawn_at.is_(None))
        .where(FaceConsent.text_version == text_version)
        .order_by(FaceConsent.given_at.desc())
    )
    return session.scalars(query.limit(1)).first()


def attach(session: Session, consent_id: str, person_id: str) -> None:
    """The enrolment that it was given in has made, or found, the person."""
    consent = session.get(FaceConsent, consent_id)
    if consent is not None and consent.person_id is None:
        consent.person_id = person_id


def withdraw(session: Session, person_id: str, *, context: AuditContext) -> int:
    """Withdraw all that stand; how many did."""
    query = select(FaceConsent).where(FaceConsent.person_id == person_id, FaceConsent.withdrawn_at.is_(None))
    standing = session.scalars(query).all()
    for consent in standing:
        consent.withdrawn_at = context.at
        audit.record(session, FaceConsentWithdrawn(person_id, consent.id), context=context)
    return len(standing)


def sweep(session: Session, now: datetime) -> int:
    """Drop consents of enrolments that were given up: they are nobody's."""
    before = now - timedelta(days=UNATTACHED_DAYS)
    statement = delete(FaceConsent).where(FaceConsent.person_id.is_(None), FaceConsent.given_at < before)
    return deleted(session, statement)
