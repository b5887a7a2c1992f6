"""The separate consents about a face (Personal Information Protection Law, articles 14, 15 and 29).

One for the check, one for each kind of keeping: none is part of another, each is recorded before what it
allows, with the version of the words that were shown, and withdrawn by itself at any time. Without the one to
the check no camera opens; withdrawing one to keep something deletes what was kept in the same transaction.
There is always a way without a face.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.faces import FaceConsentGiven, FaceConsentWithdrawn
from idp.people import face_evidence, face_templates
from idp.people.models import FaceConsent, FacePurpose
from idp.storage.base import new_id
from idp.storage.database import deleted

UNATTACHED_DAYS = 1
WITHDRAWN = "withdrawn"


def give(
    session: Session,
    person_id: str | None,
    *,
    text_version: str,
    locale: str,
    context: AuditContext,
    purpose: FacePurpose = FacePurpose.CHECK,
) -> FaceConsent:
    """`person_id` is None while an enrolment has not made the person yet: `attach` fills it in."""
    consent = FaceConsent(
        id=new_id(context.at),
        person_id=person_id,
        purpose=purpose.value,
        text_version=text_version,
        locale=locale,
        given_at=context.at,
        withdrawn_at=None,
    )
    session.add(consent)
    event = FaceConsentGiven(person_id, consent.id, text_version, purpose.value)
    audit.record(session, event, context=context)
    return consent


def active_of(
    session: Session, person_id: str, text_version: str, purpose: FacePurpose = FacePurpose.CHECK
) -> FaceConsent | None:
    """The consent that stands for these words; other words need a consent of their own."""
    query = (
        select(FaceConsent)
        .where(FaceConsent.person_id == person_id, FaceConsent.withdrawn_at.is_(None))
        .where(FaceConsent.purpose == purpose.value, FaceConsent.text_version == text_version)
        .order_by(FaceConsent.given_at.desc())
    )
    return session.scalars(query.limit(1)).first()


def standing_of(session: Session, person_id: str, *, lock: bool = False) -> Sequence[FaceConsent]:
    """All that were given and not withdrawn, for whichever words, in the order in which they were given.

    `lock`: they are going to be acted on in this transaction, which a withdrawal then waits for.
    """
    query = select(FaceConsent).where(FaceConsent.person_id == person_id, FaceConsent.withdrawn_at.is_(None))
    query = query.order_by(FaceConsent.id)  # one order everywhere, so that two cannot wait for each other
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).all()


def attach(session: Session, consent_id: str, person_id: str) -> None:
    """The enrolment that it was given in has made, or found, the person."""
    consent = session.get(FaceConsent, consent_id)
    if consent is not None and consent.person_id is None:
        consent.person_id = person_id


def withdraw(
    session: Session, person_id: str, purpose: FacePurpose | None = None, *, context: AuditContext
) -> int:
    """Withdraw all that stand, or those for one purpose; how many did. What they let be kept is deleted."""
    standing = standing_of(session, person_id, lock=True)
    ending = [one for one in standing if purpose is None or one.purpose == purpose.value]
    for consent in ending:
        consent.withdrawn_at = context.at
        event = FaceConsentWithdrawn(person_id, consent.id, consent.purpose)
        audit.record(session, event, context=context)
    if purpose in {None, FacePurpose.TEMPLATE}:
        face_templates.delete_of(session, person_id, reason=WITHDRAWN, context=context)
    if purpose in {None, FacePurpose.EVIDENCE}:
        face_evidence.delete_of(session, person_id, reason=WITHDRAWN, context=context)
    return len(ending)


def sweep(session: Session, now: datetime) -> int:
    """Drop consents of enrolments that were given up: they are nobody's."""
    before = now - timedelta(days=UNATTACHED_DAYS)
    statement = delete(FaceConsent).where(FaceConsent.person_id.is_(None), FaceConsent.given_at < before)
    return deleted(session, statement)
