"""Templates of faces, of those who want theirs kept: made from one check, used where the register is mute.

Off by default. A template is one network's view of one face: sealed, bound to its person and to that network,
with a deletion date. It ends at once with its consent, and at the worker's next round with everything else
that it stands on: the account, the words that were agreed to, the operator's setting (PIPL article 47).
"""

import logging
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, false, func, or_, select, true
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.kept_faces import FaceTemplateDeleted, FaceTemplateKept
from idp.crypto.fields import CannotOpen, FieldCipher
from idp.people.models import FaceConsent, FaceTemplate, Person, PersonStatus
from idp.storage.database import deleted

LOGGER = logging.getLogger(__name__)
ROWS_AT_ONCE: Final = 500
ENDED: Final = (PersonStatus.CLOSED.value, PersonStatus.DECEASED.value)
MODEL_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeptFace:
    """A face as the network with this SHA-256 sees it. The vector stays out of `repr`, and so of logs."""

    model: str
    vector: tuple[float, ...] = field(repr=False)


def keep(
    session: Session,
    consent: FaceConsent,
    face: KeptFace,
    *,
    days: int,
    cipher: FieldCipher,
    context: AuditContext,
) -> bool:
    """Keep it unless a good one is there: the first stays, so that one check gone wrong cannot replace it.

    `consent` is locked by the caller, so that a withdrawal comes before or after and never between.
    """
    person_id = consent.person_id
    if person_id is None:
        return False
    row = session.get(FaceTemplate, person_id)
    if row is not None and _is_good(row, consent, face.model, context.at):
        return False
    reason = "first" if row is None else "renewed"
    if row is None:
        row = FaceTemplate(person_id=person_id)
        session.add(row)
    row.consent_id, row.model = consent.id, face.model
    row.vector_sealed = cipher.seal(_packed(face), context=_context(person_id))
    row.made_at, row.delete_at = context.at, context.at + timedelta(days=days)
    event = FaceTemplateKept(person_id, consent.id, face.model, reason)
    audit.record(session, event, context=context)
    return True


def find(
    session: Session, person_id: str, *, model: str, text_version: str, cipher: FieldCipher, now: datetime
) -> KeptFace | None:
    """The template that may be compared with now: of this network, under a consent that stands."""
    query = (
        select(FaceTemplate)
        .join(FaceConsent, FaceConsent.id == FaceTemplate.consent_id)
        .where(FaceTemplate.person_id == person_id, FaceTemplate.model == model)
        .where(FaceTemplate.delete_at > now, FaceConsent.person_id == person_id)
        .where(FaceConsent.withdrawn_at.is_(None), FaceConsent.text_version == text_version)
    )
    row = session.scalars(query).first()
    if row is None:
        return None
    try:
        kept = _unpacked(cipher.open(row.vector_sealed, context=_context(person_id)))
    except CannotOpen as problem:
        LOGGER.error("a face template does not open: %s", problem)  # noqa: TRY400 - the trace shows no more
        return None
    return kept if kept.model == model else None


def delete_of(session: Session, person_id: str, *, reason: str, context: AuditContext) -> bool:
    return _delete(session, [(person_id, reason)], context) == 1


def sweep(session: Session, now: datetime, *, text_version: str | None) -> int:
    """Delete what has nothing to stand on any more; how many.

    `text_version`: of the words in force, None while the operator keeps no templates at all.
    """
    reasons: tuple[tuple[str, ColumnElement[bool]], ...] = (
        ("expired", FaceTemplate.delete_at <= now),
        ("withdrawn", FaceConsent.withdrawn_at.is_not(None)),
        ("account_ended", Person.status.in_(ENDED)),
        ("switched_off", true() if text_version is None else false()),
        ("words_changed", FaceConsent.text_version != text_version),
    )
    query = (
        select(FaceTemplate.person_id, *(claim for _, claim in reasons))
        .join(FaceConsent, FaceConsent.id == FaceTemplate.consent_id)
        .join(Person, Person.id == FaceTemplate.person_id)
        .where(or_(*(claim for _, claim in reasons)))
        .limit(ROWS_AT_ONCE)
    )
    names = [name for name, _ in reasons]
    found = [
        (person_id, next(name for name, holds in zip(names, claims, strict=True) if holds))
        for person_id, *claims in session.execute(query).all()
    ]
    return _delete(session, found, AuditContext(now, actor="worker"))


def count_by_model(session: Session) -> dict[str, int]:
    query = select(FaceTemplate.model, func.count()).group_by(FaceTemplate.model).order_by(FaceTemplate.model)
    return {str(model): int(count) for model, count in session.execute(query).all()}


def delete_other_models(session: Session, model: str, *, context: AuditContext) -> int:
    """Delete some of those that this network cannot use; 0 when none is left."""
    query = select(FaceTemplate.person_id).where(FaceTemplate.model != model).limit(ROWS_AT_ONCE)
    return _delete(session, [(found, "model_changed") for found in session.scalars(query).all()], context)


def _delete(session: Session, found: Iterable[tuple[str, str]], context: AuditContext) -> int:
    count = 0
    for person_id, reason in found:
        # Whoever else deletes it at this moment tells of it.
        if deleted(session, delete(FaceTemplate).where(FaceTemplate.person_id == person_id)):
            audit.record(session, FaceTemplateDeleted(person_id, reason), context=context)
            count += 1
    return count


def _is_good(row: FaceTemplate, consent: FaceConsent, model: str, now: datetime) -> bool:
    return row.consent_id == consent.id and row.model == model and row.delete_at > now


def _packed(face: KeptFace) -> bytes:
    """The network inside the seal, so that a row cannot be passed off as another network's."""
    return bytes.fromhex(face.model) + struct.pack(f"<{len(face.vector)}f", *face.vector)


def _unpacked(plain: bytes) -> KeptFace:
    model, raw = plain[:MODEL_BYTES], plain[MODEL_BYTES:]
    return KeptFace(model.hex(), struct.unpack(f"<{len(raw) // 4}f", raw))


def _context(person_id: str) -> str:
    return f"face.template:{person_id}"
