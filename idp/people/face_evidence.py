"""A few frames of a check, of those who agreed to it: sealed, and gone by a date that was said beforehand.

Off by default. It is for disputes ("that was not me") and attacks, and it is looked at in one way alone: an
operator exports one check by its reference, with a reason, and the log says so. A date once set is kept by
the worker whatever the settings say later.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final
from zipfile import ZIP_STORED, ZipFile

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session, load_only

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.kept_faces import FaceEvidenceDeleted, FaceEvidenceExported, FaceEvidenceKept
from idp.crypto.fields import FieldCipher
from idp.people.models import FaceConsent, FaceEvidence, Person, PersonStatus
from idp.storage.database import deleted

ROWS_AT_ONCE: Final = 500
SUFFIXES: Final = ((b"\xff\xd8", "jpg"), (b"\x89PNG", "png"), (b"RIFF", "webp"))


@dataclass(frozen=True, slots=True)
class KeptFrame:
    """What moment it shows (a code), and the frame as the page sent it; never in `repr`."""

    moment: str
    image: bytes = field(repr=False)

    @property
    def file_name(self) -> str:
        suffix = next((name for magic, name in SUFFIXES if self.image.startswith(magic)), "bin")
        return f"{self.moment}.{suffix}"


def keep(
    session: Session,
    check_id: str,
    consent: FaceConsent,
    frames: Sequence[KeptFrame],
    *,
    days: int,
    cipher: FieldCipher,
    context: AuditContext,
) -> bool:
    """Keep them until a date. `check_id`: the audit event of the check; `consent`: locked by the caller."""
    if consent.person_id is None or not frames:
        return False
    row = FaceEvidence(
        id=check_id,
        person_id=consent.person_id,
        consent_id=consent.id,
        frames_sealed=cipher.seal(packed(frames), context=_context(check_id)),
        made_at=context.at,
        delete_at=context.at + timedelta(days=days),
    )
    session.add(row)
    event = FaceEvidenceKept(row.person_id, check_id, consent.id, len(frames), days)
    audit.record(session, event, context=context)
    return True


def kept(session: Session, now: datetime) -> Sequence[FaceEvidence]:
    """What there is, newest first, without reading any of the frames: together they may be gigabytes."""
    query = select(FaceEvidence).where(FaceEvidence.delete_at > now).order_by(FaceEvidence.made_at.desc())
    columns = load_only(FaceEvidence.made_at, FaceEvidence.delete_at)
    return session.scalars(query.options(columns)).all()


def export(
    session: Session, check_id: str, *, reason: str, cipher: FieldCipher, context: AuditContext
) -> tuple[KeptFrame, ...] | None:
    """The frames of one check, and an event that says so; None when there are none, or none any more.

    Hand them out only once the event is committed. Raises CannotOpen.
    """
    row = session.get(FaceEvidence, check_id)
    if row is None or row.delete_at <= context.at:
        return None
    frames = unpacked(cipher.open(row.frames_sealed, context=_context(check_id)))
    audit.record(session, FaceEvidenceExported(row.person_id, check_id, reason), context=context)
    return frames


def delete_of(session: Session, person_id: str, *, reason: str, context: AuditContext) -> int:
    found = session.scalars(select(FaceEvidence.id).where(FaceEvidence.person_id == person_id)).all()
    return _delete(session, [(check_id, person_id, reason) for check_id in found], context)


def sweep(session: Session, now: datetime) -> int:
    """Delete what its date, a withdrawal or the end of the account has reached; how many."""
    reasons: tuple[tuple[str, ColumnElement[bool]], ...] = (
        ("expired", FaceEvidence.delete_at <= now),
        ("withdrawn", FaceConsent.withdrawn_at.is_not(None)),
        ("account_ended", Person.status == PersonStatus.CLOSED),
    )
    query = (
        select(FaceEvidence.id, FaceEvidence.person_id, *(claim for _, claim in reasons))
        .join(FaceConsent, FaceConsent.id == FaceEvidence.consent_id)
        .join(Person, Person.id == FaceEvidence.person_id)
        .where(or_(*(claim for _, claim in reasons)))
        .limit(ROWS_AT_ONCE)
    )
    names = [name for name, _ in reasons]
    found = [
        (check_id, person_id, next(name for name, holds in zip(names, claims, strict=True) if holds))
        for check_id, person_id, *claims in session.execute(query).all()
    ]
    return _delete(session, found, AuditContext(now, actor="worker"))


def _delete(session: Session, found: Iterable[tuple[str, str, str]], context: AuditContext) -> int:
    count = 0
    for check_id, person_id, reason in found:
        # Whoever else deletes it at this moment tells of it.
        if deleted(session, delete(FaceEvidence).where(FaceEvidence.id == check_id)):
            audit.record(session, FaceEvidenceDeleted(person_id, check_id, reason), context=context)
            count += 1
    return count


def packed(frames: Sequence[KeptFrame]) -> bytes:
    # Stored: they are compressed pictures already.
    with BytesIO() as whole:
        with ZipFile(whole, "w", ZIP_STORED) as archive:
            for frame in frames:
                archive.writestr(frame.moment, frame.image)
        return whole.getvalue()


def unpacked(plain: bytes) -> tuple[KeptFrame, ...]:
    with ZipFile(BytesIO(plain)) as archive:
        return tuple(KeptFrame(name, archive.read(name)) for name in archive.namelist())


def _context(check_id: str) -> str:
    return f"face.evidence:{check_id}"
