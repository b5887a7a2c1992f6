"""What a session has proved of a person, for one client: the ground of verified claims."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select

from idp.oidc.claims import receipts, units
from idp.oidc.claims.asked import MemberAsked
from idp.oidc.claims.receipts import Evidence
from idp.oidc.claims.verified import FaceCheck, Verification
from idp.oidc.clients.metadata import Client
from idp.oidc.levels import acr
from idp.oidc.presence import presence_seconds
from idp.oidc.provider import Provider
from idp.people.models import Person
from idp.session_proofs import Proof, level_proved
from idp.sessions import BrowserSession

VERIFIED_LEVEL = 2
"""Below it a session may be anybody's who holds the phone, and nothing goes out as verified."""
FACE = "face"
"""The method; others have evidence of their own kinds."""
BY_PHOTO = ("engine", "register")
"""By whom a face was compared with the register's own photo."""
FACTS = (
    select(Person.level, Person.verified_at, BrowserSession.proofs_json)
    .join(BrowserSession, BrowserSession.person_id == Person.id)
    .where(Person.id == bindparam("person"), BrowserSession.sid == bindparam("sid"))
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom claims go to, about whom, on what ground."""

    client: Client
    person_id: str
    consent_id: str
    session_id: str | None
    """None with offline access, when what the session proved no longer counts."""
    sub: str
    nonce: str | None
    """Of the authorization request."""
    scopes: tuple[str, ...]
    mandate_id: str | None = None
    """On whose strength the person acts for somebody else; None: as themselves."""


@dataclass(frozen=True, slots=True)
class Proved:
    verification: Verification
    check_id: str | None = None
    """The face check's, in the audit log."""
    receipt_id: str | None = None


def prove(
    provider: Provider,
    to: Recipient,
    asked: MemberAsked,
    agreed: Collection[str],
    now: datetime,
) -> Proved | None:
    """None below level 2. A receipt is signed where it is asked for and agreed to. Raises KeysMissing."""
    with provider.reads.connect() as connection:
        row = connection.execute(FACTS, {"person": to.person_id, "sid": to.session_id}).one_or_none()
    if row is None:
        return None
    proofs = tuple(map(Proof.from_json, row.proofs))
    presence = presence_seconds(provider, to.client)
    level = level_proved(proofs, account_level=row.level, now=now, presence_seconds=presence)
    if level < VERIFIED_LEVEL:
        return None
    verification = Verification(
        trust_framework=provider.protocol.trust_framework,
        assurance_level=acr(level),
        verified_at=row.verified_at,
    )
    wanting = [one for one in asked.verified if units.wants_face(one)]
    evidence = _face(provider, to.person_id, proofs, timedelta(seconds=presence), now) if wanting else None
    if evidence is None or units.FACE_RECEIPT not in agreed:
        return Proved(verification)
    signed = None
    if any(map(units.wants_receipt, wanting)):
        signed = receipts.sign(provider, to.client, to.sub, evidence, nonce=to.nonce, now=now)
    face = FaceCheck(
        check_id=receipts.check_id_for(provider, to.client, evidence),
        at=datetime.fromtimestamp(evidence.judged_at, UTC),
        by_register_photo=evidence.matched_by in BY_PHOTO,
        receipt=None if signed is None else signed.token,
    )
    return Proved(
        Verification(
            verification.trust_framework, verification.assurance_level, verification.verified_at, face
        ),
        check_id=evidence.check_id,
        receipt_id=None if signed is None else signed.receipt_id,
    )


def _face(
    provider: Provider, person_id: str, proofs: Iterable[Proof], presence: timedelta, now: datetime
) -> Evidence | None:
    """Of the latest face that still counts; None when nobody has found that it is the right one."""
    counting = [
        proof
        for proof in proofs
        if proof.method == FACE and proof.evidence is not None and now - proof.at <= presence
    ]
    latest = max(counting, key=lambda proof: proof.at, default=None)
    if latest is None or latest.evidence is None:
        return None
    evidence = receipts.unseal(provider.cipher, person_id, latest.evidence)
    return evidence if evidence is not None and evidence.matched_by is not None else None
