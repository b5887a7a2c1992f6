"""Templates: bound to a person, a network and a consent, and gone with any of them."""

import struct
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.models import AuditEvent
from idp.crypto.fields import FieldCipher
from idp.people import face_consents, face_templates
from idp.people.face_templates import KeptFace
from idp.people.models import FaceConsent, FacePurpose, FaceTemplate, Person
from tests.idp.people.conftest import NOW, ON_EACH_DATABASE

PERSON = "0193513c-0000-7000-8000-000000000001"
OTHER = "0193513c-0000-7000-8000-000000000002"
WORDS = "2026-11"
MODEL, NEWER = "a" * 64, "b" * 64
DAYS = 30
FACE = KeptFace(MODEL, (0.6, -0.8))

pytestmark = ON_EACH_DATABASE


@pytest.fixture(autouse=True)
def people(session: Session) -> None:
    for person_id in (PERSON, OTHER):
        session.add(Person(id=person_id, status="active", level=2, name_sealed=b"", created_at=NOW))
    session.flush()


def agree(
    session: Session, context: AuditContext, person_id: str = PERSON, words: str = WORDS
) -> FaceConsent:
    return face_consents.give(
        session,
        person_id,
        purpose=FacePurpose.TEMPLATE,
        text_version=words,
        locale="zh-CN",
        context=context,
    )


def keep(
    session: Session,
    cipher: FieldCipher,
    context: AuditContext,
    consent: FaceConsent | None = None,
    face: KeptFace = FACE,
) -> bool:
    given = consent or agree(session, context)
    session.flush()
    kept = face_templates.keep(session, given, face, days=DAYS, cipher=cipher, context=context)
    session.flush()
    return kept


def find(
    session: Session,
    cipher: FieldCipher,
    person_id: str = PERSON,
    model: str = MODEL,
    words: str = WORDS,
    now: datetime = NOW,
) -> KeptFace | None:
    return face_templates.find(session, person_id, model=model, text_version=words, cipher=cipher, now=now)


def reasons(session: Session) -> list[str]:
    query = select(AuditEvent.payload).where(AuditEvent.name == "face_template_deleted")
    return [payload.split('"reason":"')[1].split('"')[0] for payload in session.scalars(query)]


def test_it_comes_back_as_it_was(session: Session, cipher: FieldCipher, context: AuditContext) -> None:
    assert keep(session, cipher, context)
    found = find(session, cipher)
    assert found is not None
    assert found.vector == pytest.approx(FACE.vector)
    assert "0.6" not in repr(found)
    assert find(session, cipher, OTHER) is None


def test_it_lies_sealed(session: Session, cipher: FieldCipher, context: AuditContext) -> None:
    keep(session, cipher, context)
    row = session.get(FaceTemplate, PERSON)
    assert row is not None
    assert struct.pack("<f", 0.6) not in row.vector_sealed
    assert "vector" not in "".join(session.scalars(select(AuditEvent.payload)))


def test_moved_to_another_persons_row_it_does_not_open(
    session: Session, cipher: FieldCipher, context: AuditContext, caplog: pytest.LogCaptureFixture
) -> None:
    keep(session, cipher, context)
    stolen = session.get_one(FaceTemplate, PERSON).vector_sealed
    keep(session, cipher, context, agree(session, context, OTHER), KeptFace(MODEL, (0.0, 1.0)))
    session.get_one(FaceTemplate, OTHER).vector_sealed = stolen
    session.flush()
    assert find(session, cipher, OTHER) is None
    assert "does not open" in caplog.text
    assert PERSON not in caplog.text


def test_a_whole_row_that_was_given_to_another_person_does_not_open(
    session: Session, cipher: FieldCipher, context: AuditContext
) -> None:
    keep(session, cipher, context)
    theirs = agree(session, context, OTHER)
    session.flush()
    session.execute(update(FaceTemplate).values(person_id=OTHER, consent_id=theirs.id))
    session.expire_all()
    assert find(session, cipher, OTHER) is None


def test_a_row_borrowing_another_persons_consent_is_not_found(
    session: Session, cipher: FieldCipher, context: AuditContext
) -> None:
    keep(session, cipher, context)
    theirs = agree(session, context, OTHER)
    session.flush()
    session.execute(update(FaceTemplate).values(consent_id=theirs.id))
    assert find(session, cipher) is None


def test_one_of_another_network_is_not_used_even_when_relabelled(
    session: Session, cipher: FieldCipher, context: AuditContext
) -> None:
    keep(session, cipher, context)
    assert find(session, cipher, model=NEWER) is None
    session.execute(update(FaceTemplate).values(model=NEWER))
    session.expire_all()
    assert find(session, cipher, model=NEWER) is None


def test_a_good_one_stays_and_a_useless_one_is_replaced(
    session: Session, cipher: FieldCipher, context: AuditContext
) -> None:
    consent = agree(session, context)
    assert keep(session, cipher, context, consent)
    assert not keep(session, cipher, context, consent, KeptFace(MODEL, (0.0, 1.0)))
    assert find(session, cipher) == KeptFace(MODEL, pytest.approx(FACE.vector))
    assert keep(session, cipher, context, consent, KeptFace(NEWER, (0.0, 1.0)))
    assert find(session, cipher, model=NEWER) == KeptFace(NEWER, (0.0, 1.0))
    assert find(session, cipher) is None
    later = AuditContext(NOW + timedelta(days=DAYS))
    assert keep(session, cipher, later, consent, KeptFace(NEWER, (1.0, 0.0)))
    assert len(session.scalars(select(FaceTemplate)).all()) == 1
    kept = select(AuditEvent.payload).where(AuditEvent.name == "face_template_kept")
    told = ["first" if '"first"' in text else "renewed" for text in session.scalars(kept)]
    assert told == ["first", "renewed", "renewed"]


def test_it_is_not_used_past_its_date_or_under_other_words(
    session: Session, cipher: FieldCipher, context: AuditContext
) -> None:
    keep(session, cipher, context)
    end = NOW + timedelta(days=DAYS)
    assert find(session, cipher, now=end - timedelta(seconds=1)) is not None
    assert find(session, cipher, now=end) is None
    assert find(session, cipher, words="2027-01") is None


def test_withdrawing_deletes_it_at_once(session: Session, cipher: FieldCipher, context: AuditContext) -> None:
    keep(session, cipher, context)
    keep(session, cipher, context, agree(session, context, OTHER))
    assert face_consents.withdraw(session, PERSON, FacePurpose.TEMPLATE, context=context) == 1
    assert session.scalars(select(FaceTemplate.person_id)).all() == [OTHER]
    assert reasons(session) == ["withdrawn"]


@pytest.mark.parametrize("purpose", [FacePurpose.CHECK, FacePurpose.EVIDENCE])
def test_withdrawing_something_else_leaves_it(
    session: Session, cipher: FieldCipher, context: AuditContext, purpose: FacePurpose
) -> None:
    keep(session, cipher, context)
    assert face_consents.withdraw(session, PERSON, purpose, context=context) == 0
    assert find(session, cipher) is not None


def test_the_sweep_leaves_what_stands(session: Session, cipher: FieldCipher, context: AuditContext) -> None:
    keep(session, cipher, context)
    assert face_templates.sweep(session, NOW + timedelta(days=DAYS, seconds=-1), text_version=WORDS) == 0
    assert find(session, cipher) is not None


def test_the_sweep_deletes_by_age(session: Session, cipher: FieldCipher, context: AuditContext) -> None:
    keep(session, cipher, context)
    assert face_templates.sweep(session, NOW + timedelta(days=DAYS), text_version=WORDS) == 1
    assert reasons(session) == ["expired"]


@pytest.mark.parametrize("status", ["closed", "deceased"])
def test_the_sweep_deletes_of_an_account_that_ended(
    session: Session, cipher: FieldCipher, context: AuditContext, status: str
) -> None:
    keep(session, cipher, context)
    session.get_one(Person, PERSON).status = status
    session.flush()
    assert face_templates.sweep(session, NOW, text_version=WORDS) == 1
    assert reasons(session) == ["account_ended"]


def test_the_sweep_deletes_what_is_withdrawn_whoever_withdrew_it(
    session: Session, cipher: FieldCipher, context: AuditContext
) -> None:
    keep(session, cipher, context)
    session.execute(update(FaceConsent).values(withdrawn_at=NOW))
    assert face_templates.sweep(session, NOW, text_version=WORDS) == 1
    assert reasons(session) == ["withdrawn"]


@pytest.mark.parametrize(("words", "reason"), [(None, "switched_off"), ("2027-01", "words_changed")])
def test_the_sweep_deletes_all_when_the_operator_keeps_none_or_has_other_words(
    session: Session, cipher: FieldCipher, context: AuditContext, words: str | None, reason: str
) -> None:
    keep(session, cipher, context)
    keep(session, cipher, context, agree(session, context, OTHER))
    assert face_templates.sweep(session, NOW, text_version=words) == 2
    assert face_templates.sweep(session, NOW, text_version=words) == 0
    assert reasons(session) == [reason] * 2


def test_those_of_older_networks_are_counted_and_deleted(
    session: Session, cipher: FieldCipher, context: AuditContext
) -> None:
    keep(session, cipher, context)
    keep(session, cipher, context, agree(session, context, OTHER), KeptFace(NEWER, (0.0, 1.0)))
    assert face_templates.count_by_model(session) == {MODEL: 1, NEWER: 1}
    assert face_templates.delete_other_models(session, NEWER, context=context) == 1
    assert face_templates.delete_other_models(session, NEWER, context=context) == 0
    assert face_templates.count_by_model(session) == {NEWER: 1}
    assert reasons(session) == ["model_changed"]


def test_a_consent_that_is_nobodys_keeps_nothing(
    session: Session, cipher: FieldCipher, context: AuditContext
) -> None:
    nobodys = face_consents.give(
        session, None, purpose=FacePurpose.TEMPLATE, text_version=WORDS, locale="en", context=context
    )
    assert not keep(session, cipher, context, nobodys)
