"""Tables of people: the person, their identity documents, credentials and consents about their face."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base, Id

UNBOUND_LEVEL = 0
"""Of a person whom others act for, and who has not enrolled: see `wards`."""


class PersonStatus(StrEnum):
    ACTIVE = "active"
    FROZEN = "frozen"
    REENROL = "reenrol"
    """Nothing of what they signed in with counts any more: they prove who they are as when they enrolled."""
    DECEASED = "deceased"
    CLOSED = "closed"


class Person(Base):
    """Who an account stands for. A closed person who enrols again is the same row and the same `sub`."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    status: Mapped[str] = mapped_column(String(16), default=PersonStatus.ACTIVE)
    level: Mapped[int] = mapped_column(SmallInteger)
    """The level that the account has reached for good: 1 self-declared, 2 verified; 0 while it is none."""
    verified_at: Mapped[datetime | None]
    """When the population register last agreed with number and name."""
    name_sealed: Mapped[bytes]
    """Context `person.name:<id>`."""
    birth_date: Mapped[date | None]
    sex: Mapped[str | None] = mapped_column(String(6))
    phone_sealed: Mapped[bytes | None]
    """Context `person.phone:<id>`."""
    phone_index: Mapped[str | None] = mapped_column(String(43), unique=True)
    """A number is one account's at a time: who confirms a recycled one takes it from the former holder."""
    phone_index_next: Mapped[str | None] = mapped_column(String(43), unique=True)
    """As `IdentityDocument.number_index_next`."""
    phone_confirmed_at: Mapped[datetime | None]
    email_sealed: Mapped[bytes | None]
    """Context `person.email:<id>`. Never without its confirmation."""
    email_confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    """When it was last closed, also once it is open again: what somebody could do for others before that, or
    others for them, does not come back."""


class IdentityDocument(Base):
    """A number and its type. Several may belong to one person: corrections, reissues, older formats."""

    __tablename__ = "identity_documents"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    type: Mapped[str] = mapped_column(String(40))
    number_sealed: Mapped[bytes]
    """Context `document.number:<id>`."""
    number_index: Mapped[str] = mapped_column(String(43), unique=True)
    number_index_next: Mapped[str] = mapped_column(String(43), unique=True)
    """Under the next blind-index key while a rotation runs, else the same as `number_index`.

    Never empty, so that two processes on either side of a change of keys still collide on one number.
    """
    added_at: Mapped[datetime]


class PasswordCredential(Base):
    __tablename__ = "password_credentials"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(200))
    """argon2id in PHC format."""
    bound_level: Mapped[int] = mapped_column(SmallInteger)
    """1 when a text message alone allowed it to be set: then a sign-in with it never reaches higher."""
    changed_at: Mapped[datetime]


class PasskeyCredential(Base):
    """A WebAuthn credential (W3C Web Authentication Level 3), discoverable, with user verification."""

    __tablename__ = "passkey_credentials"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    bound_level: Mapped[int] = mapped_column(SmallInteger)
    """The level at which it was bound: a sign-in with it never reaches higher."""
    label: Mapped[str] = mapped_column(String(64))
    transports: Mapped[list[str]]
    backed_up: Mapped[bool]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class FacePurpose(StrEnum):
    """What a consent about one's face is for; each is given, and withdrawn, by itself."""

    CHECK = "check"
    TEMPLATE = "template"
    EVIDENCE = "evidence"


class FaceConsent(Base):
    """A separate consent about one's face: what for, which text, when given, when withdrawn."""

    __tablename__ = "face_consents"
    __table_args__ = (Index("ix_face_consents_person_id_withdrawn_at", "person_id", "withdrawn_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    """Empty while an enrolment has not yet made the person; filled by it, or swept with it."""
    purpose: Mapped[str] = mapped_column(String(16), default=FacePurpose.CHECK)
    text_version: Mapped[str] = mapped_column(String(32))
    locale: Mapped[str] = mapped_column(String(8))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class FaceTemplate(Base):
    """The face of somebody who wants it kept, as one network sees it. At most one row a person."""

    __tablename__ = "face_templates"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    consent_id: Mapped[str] = mapped_column(ForeignKey("face_consents.id"))
    model: Mapped[str] = mapped_column(String(64), index=True)
    """SHA-256 of the network. The sealed value names it too, and that one is believed."""
    vector_sealed: Mapped[bytes]
    """Context `face.template:<person id>`."""
    made_at: Mapped[datetime]
    delete_at: Mapped[datetime] = mapped_column(index=True)


class FaceEvidence(Base):
    """The few frames kept of one check. Grows with use, and is bounded by each row's deletion date."""

    __tablename__ = "face_evidence"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """The id of the audit event that tells of the check."""
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    consent_id: Mapped[str] = mapped_column(ForeignKey("face_consents.id"))
    frames_sealed: Mapped[bytes]
    """Context `face.evidence:<id>`."""
    made_at: Mapped[datetime]
    delete_at: Mapped[datetime] = mapped_column(index=True)


class ActivationCode(Base):
    """A single-use code that a clerk gave to a person after seeing them; kept as a keyed digest."""

    __tablename__ = "activation_codes"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    code_digest: Mapped[str] = mapped_column(String(43), unique=True)
    """Over the code and the number it was made for: it opens nobody else's door."""
    number_index: Mapped[str] = mapped_column(String(43), index=True)
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
