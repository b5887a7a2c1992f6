"""Somebody of whom a template and frames are kept."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.crypto.fields import FieldCipher
from idp.people import face_consents, face_evidence, face_templates
from idp.people.face_evidence import KeptFrame
from idp.people.face_templates import KeptFace
from idp.people.models import FaceEvidence, FacePurpose, FaceTemplate
from idp.storage.base import new_id

WORDS, MODEL = "1", "a" * 64
FACE = KeptFace(MODEL, (1.0, 0.0))
FRAMES = (KeptFrame("frontal", b"\xff\xd8 first picture"),)


def keep_something(session: Session, person_id: str, cipher: FieldCipher, context: AuditContext) -> str:
    """Both, each under its consent; the id of the check that the frames are of."""
    check_id = new_id(context.at)
    given = {
        purpose: face_consents.give(
            session, person_id, purpose=purpose, text_version=WORDS, locale="en", context=context
        )
        for purpose in (FacePurpose.TEMPLATE, FacePurpose.EVIDENCE)
    }
    session.flush()
    template, evidence = given.values()
    face_templates.keep(session, template, FACE, days=9, cipher=cipher, context=context)
    face_evidence.keep(session, check_id, evidence, FRAMES, days=9, cipher=cipher, context=context)
    session.flush()
    return check_id


def kept(session: Session) -> tuple[int, int]:
    """How many templates there are, and frames of how many checks."""
    templates, evidence = (
        session.scalar(select(func.count()).select_from(table)) or 0 for table in (FaceTemplate, FaceEvidence)
    )
    return templates, evidence
