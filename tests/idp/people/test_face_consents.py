"""Consents to process a face: given for certain words, withdrawn, never left lying about."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.models import AuditEvent
from idp.people import face_consents
from idp.people.models import FaceConsent, Person
from tests.idp.people.conftest import NOW

PERSON = "0193513c-0000-7000-8000-000000000001"


@pytest.fixture(autouse=True)
def person(session: Session) -> Person:
    made = Person(id=PERSON, status="active", level=2, name_sealed=b"", created_at=NOW)
    session.add(made)
    session.flush()
    return made


def give(session: Session, context: AuditContext, person_id: str | None = PERSON) -> FaceConsent:
    made = face_consents.give(session, person_id, text_version="2026-11", locale="zh-CN", context=context)
    session.flush()
    return made


def test_it_stands_for_the_words_that_were_shown(session: Session, context: AuditContext) -> None:
    given = give(session, context)
    assert face_consents.active_of(session, PERSON, "2026-11") is given
    assert face_consents.active_of(session, PERSON, "2027-01") is None
    assert (given.given_at, given.locale) == (NOW, "zh-CN")


def test_it_is_withdrawn_and_can_be_given_again(session: Session, context: AuditContext) -> None:
    give(session, context)
    give(session, context)
    assert face_consents.withdraw(session, PERSON, context=context) == 2
    assert face_consents.withdraw(session, PERSON, context=context) == 0
    session.flush()
    assert face_consents.active_of(session, PERSON, "2026-11") is None
    assert face_consents.active_of(session, PERSON, "2026-11") is None
    again = give(session, context)
    assert face_consents.active_of(session, PERSON, "2026-11") is again
    names = session.scalars(select(AuditEvent.name).order_by(AuditEvent.seq)).all()
    assert names == ["face_consent_given"] * 2 + ["face_consent_withdrawn"] * 2 + ["face_consent_given"]


def test_one_of_an_enrolment_becomes_the_persons(session: Session, context: AuditContext) -> None:
    given = give(session, context, None)
    face_consents.attach(session, given.id, PERSON)
    face_consents.attach(session, "unknown", PERSON)
    session.flush()
    assert face_consents.active_of(session, PERSON, "2026-11") is given


def test_nobodys_are_dropped_after_a_day(session: Session, context: AuditContext) -> None:
    give(session, context, None)
    kept = give(session, context)
    assert face_consents.sweep(session, NOW + timedelta(days=1)) == 0
    assert face_consents.sweep(session, NOW + timedelta(days=1, seconds=1)) == 1
    assert session.scalars(select(FaceConsent.id)).all() == [kept.id]
