"""Frames of a check: opened by an export alone, and gone by their date whatever the settings say."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select, update
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.models import AuditEvent
from idp.crypto.fields import CannotOpen, FieldCipher
from idp.people import face_consents, face_evidence
from idp.people.face_evidence import KeptFrame
from idp.people.models import FaceConsent, FaceEvidence, FacePurpose, Person
from idp.storage.base import new_id
from tests.idp.people.conftest import NOW, ON_EACH_DATABASE

PERSON = "0193513c-0000-7000-8000-000000000001"
DAYS = 30
FRAMES = (KeptFrame("frontal", b"\xff\xd8 first picture"), KeptFrame("turned", b"\x89PNG two"))


@pytest.fixture
def consent(session: Session, context: AuditContext) -> FaceConsent:
    session.add(Person(id=PERSON, status="active", level=2, name_sealed=b"", created_at=NOW))
    session.flush()
    given = face_consents.give(
        session, PERSON, purpose=FacePurpose.EVIDENCE, text_version="1", locale="zh-CN", context=context
    )
    session.flush()
    return given


def keep(session: Session, cipher: FieldCipher, context: AuditContext, consent: FaceConsent) -> str:
    check_id = new_id(NOW)
    assert face_evidence.keep(session, check_id, consent, FRAMES, days=DAYS, cipher=cipher, context=context)
    session.flush()
    return check_id


def export(
    session: Session, cipher: FieldCipher, check_id: str, context: AuditContext
) -> tuple[KeptFrame, ...] | None:
    return face_evidence.export(session, check_id, reason="case-7", cipher=cipher, context=context)


def events(session: Session, name: str) -> list[dict[str, object]]:
    query = select(AuditEvent).where(AuditEvent.name == name)
    return [{**json.loads(row.payload), "person_id": row.person_id} for row in session.scalars(query)]


@ON_EACH_DATABASE
def test_it_is_exported_with_its_reason(
    session: Session, cipher: FieldCipher, context: AuditContext, consent: FaceConsent
) -> None:
    check_id = keep(session, cipher, context, consent)
    assert export(session, cipher, check_id, context) == FRAMES
    session.flush()
    (told,) = events(session, "face_evidence_exported")
    assert told == {"person_id": PERSON, "check_id": check_id, "reason": "case-7"}
    (kept,) = events(session, "face_evidence_kept")
    assert (kept["check_id"], kept["count"], kept["days"]) == (check_id, 2, DAYS)


def test_it_lies_sealed_and_shows_nowhere(
    session: Session, cipher: FieldCipher, context: AuditContext, consent: FaceConsent
) -> None:
    row = session.get_one(FaceEvidence, keep(session, cipher, context, consent))
    assert b"first picture" not in row.frames_sealed
    assert "first picture" not in repr(FRAMES)


def test_an_unknown_reference_exports_nothing_and_tells_nothing(
    session: Session, cipher: FieldCipher, context: AuditContext, consent: FaceConsent
) -> None:
    keep(session, cipher, context, consent)
    assert export(session, cipher, new_id(NOW), context) is None
    assert events(session, "face_evidence_exported") == []


def test_a_list_of_what_is_kept_reads_no_frames(
    session: Session, cipher: FieldCipher, context: AuditContext, consent: FaceConsent
) -> None:
    """Together they may be more than a machine has memory for."""
    check_id = keep(session, cipher, context, consent)
    session.expunge_all()
    (row,) = face_evidence.kept(session, NOW)
    assert row.id == check_id
    assert "frames_sealed" in inspect(row).unloaded


def test_past_its_date_it_is_not_even_exported_before_the_worker_comes(
    session: Session, cipher: FieldCipher, context: AuditContext, consent: FaceConsent
) -> None:
    check_id = keep(session, cipher, context, consent)
    late = AuditContext(NOW + timedelta(days=DAYS))
    assert export(session, cipher, check_id, late) is None
    assert face_evidence.kept(session, late.at) == []


def test_frames_moved_to_another_check_do_not_open(
    session: Session, cipher: FieldCipher, context: AuditContext, consent: FaceConsent
) -> None:
    one, other = (keep(session, cipher, context, consent) for _ in range(2))
    session.get_one(FaceEvidence, other).frames_sealed = session.get_one(FaceEvidence, one).frames_sealed
    with pytest.raises(CannotOpen):
        export(session, cipher, other, context)


@ON_EACH_DATABASE
def test_the_sweep_keeps_the_date(
    session: Session, cipher: FieldCipher, context: AuditContext, consent: FaceConsent
) -> None:
    keep(session, cipher, context, consent)
    end = NOW + timedelta(days=DAYS)
    assert face_evidence.sweep(session, end - timedelta(seconds=1)) == 0
    assert face_evidence.sweep(session, end) == 1
    assert session.scalars(select(FaceEvidence.id)).all() == []
    assert [told["reason"] for told in events(session, "face_evidence_deleted")] == ["expired"]


@ON_EACH_DATABASE
def test_withdrawing_deletes_at_once(
    session: Session, cipher: FieldCipher, context: AuditContext, consent: FaceConsent
) -> None:
    keep(session, cipher, context, consent)
    keep(session, cipher, context, consent)
    face_consents.withdraw(session, PERSON, FacePurpose.TEMPLATE, context=context)
    assert len(session.scalars(select(FaceEvidence.id)).all()) == 2
    face_consents.withdraw(session, PERSON, FacePurpose.EVIDENCE, context=context)
    assert session.scalars(select(FaceEvidence.id)).all() == []
    assert [told["reason"] for told in events(session, "face_evidence_deleted")] == ["withdrawn"] * 2


@pytest.mark.parametrize("reason", ["withdrawn", "account_ended"])
def test_the_sweep_is_the_net_under_it(
    session: Session, cipher: FieldCipher, context: AuditContext, consent: FaceConsent, reason: str
) -> None:
    keep(session, cipher, context, consent)
    if reason == "withdrawn":
        session.execute(update(FaceConsent).values(withdrawn_at=NOW))
    else:
        session.execute(update(Person).values(status="closed"))
    assert face_evidence.sweep(session, NOW) == 1
    assert [told["reason"] for told in events(session, "face_evidence_deleted")] == [reason]


def test_no_frames_make_no_row(
    session: Session, cipher: FieldCipher, context: AuditContext, consent: FaceConsent
) -> None:
    assert not face_evidence.keep(session, new_id(NOW), consent, (), days=1, cipher=cipher, context=context)


@given(images=st.lists(st.binary(max_size=2000), min_size=1, max_size=3))
def test_whatever_the_page_sent_comes_back_to_the_byte(images: list[bytes]) -> None:
    frames = tuple(KeptFrame(f"moment-{n}", image) for n, image in enumerate(images))
    assert face_evidence.unpacked(face_evidence.packed(frames)) == frames


@pytest.mark.parametrize(
    ("image", "name"),
    [
        (b"\xff\xd8\xff", "frontal.jpg"),
        (b"\x89PNG", "frontal.png"),
        (b"RIFF0000WEBP", "frontal.webp"),
        (b"<svg", "frontal.bin"),
    ],
)
def test_files_are_named_by_what_they_are(image: bytes, name: str) -> None:
    assert KeptFrame("frontal", image).file_name == name
