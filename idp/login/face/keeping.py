"""What of a check may be kept, and the keeping of it: never more than the operator and the person both want.

The consents are looked at twice: when the camera opens, to know whether frames have to wait for the verdict,
and in the transaction that keeps something, with a lock, since they may have been withdrawn meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.crypto.fields import FieldCipher
from idp.people import face_consents, face_evidence, face_templates, face_words
from idp.people.face_evidence import KeptFrame
from idp.people.face_templates import KeptFace
from idp.people.models import FaceConsent, FacePurpose
from idp.settings import Liveness


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is wanted to be kept of the checks of one person."""

    template: bool = False
    evidence: bool = False


@dataclass(frozen=True, slots=True)
class Keepable:
    """What a check left over for it; silent in `repr`."""

    face: KeptFace | None = field(default=None, repr=False)
    frames: tuple[KeptFrame, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that a person may have kept. `consent` stands for the words of now."""

    purpose: FacePurpose
    text_version: str
    days: int
    consent: FaceConsent | None


def offers(session: Session, person_id: str, settings: Liveness) -> tuple[Offer, ...]:
    """What the operator keeps at all; empty by default."""
    kinds = (
        (FacePurpose.TEMPLATE, face_words.of_template(settings), settings.template_days),
        (FacePurpose.EVIDENCE, face_words.of_evidence(settings), settings.keep_evidence_days),
    )
    in_force = [(purpose, words, days) for purpose, words, days in kinds if words is not None]
    standing = face_consents.standing_of(session, person_id) if in_force else ()
    return tuple(
        Offer(purpose, words, days, _for(standing, purpose, words)) for purpose, words, days in in_force
    )


def wanted(offered: tuple[Offer, ...]) -> Keeping:
    agreed = {offer.purpose for offer in offered if offer.consent is not None}
    return Keeping(FacePurpose.TEMPLATE in agreed, FacePurpose.EVIDENCE in agreed)


def agree(
    session: Session,
    person_id: str,
    purpose: str,
    text_version: str,
    *,
    settings: Liveness,
    locale: str,
    context: AuditContext,
) -> None:
    """Record one consent. Nothing for what is not offered, for words that changed meanwhile, or twice."""
    for offer in offers(session, person_id, settings):
        if (offer.purpose, offer.text_version) == (purpose, text_version) and offer.consent is None:
            face_consents.give(
                session,
                person_id,
                purpose=offer.purpose,
                text_version=text_version,
                locale=locale,
                context=context,
            )


def keep(
    session: Session,
    person_id: str,
    check_id: str,
    left: Keepable,
    *,
    settings: Liveness,
    cipher: FieldCipher,
    context: AuditContext,
) -> None:
    """Keep what may be kept, in the transaction of the check's event, whose id is `check_id`."""
    standing = face_consents.standing_of(session, person_id, lock=True)
    if _for(standing, FacePurpose.CHECK, settings.consent_text_version) is None:
        return
    agreed = {offer.purpose: offer for offer in offers(session, person_id, settings) if offer.consent}
    template, evidence = agreed.get(FacePurpose.TEMPLATE), agreed.get(FacePurpose.EVIDENCE)
    if left.face is not None and template is not None and template.consent is not None:
        face_templates.keep(
            session,
            template.consent,
            left.face,
            days=template.days,
            cipher=cipher,
            context=context,
        )
    if left.frames and evidence is not None and evidence.consent is not None:
        face_evidence.keep(
            session,
            check_id,
            evidence.consent,
            left.frames,
            days=evidence.days,
            cipher=cipher,
            context=context,
        )


def _for(standing: Sequence[FaceConsent], purpose: FacePurpose, text_version: str) -> FaceConsent | None:
    fitting = [one for one in standing if (one.purpose, one.text_version) == (purpose.value, text_version)]
    return fitting[-1] if fitting else None
