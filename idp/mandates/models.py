"""Tables of mandates, of invitations to one, and of what an organisation asks of those who accept them.

Every right to act is a row of `mandates`, also the legal representative's and a guardian's: these are roots,
made when a register says so and worth nothing when it no longer does. So whoever acts wears one mandate, or
none: as myself.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base, Id


class Role(StrEnum):
    """What somebody is to whom they act for; stored and told to clients."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    ADMINISTRATOR = "administrator"
    """Of an organisation's licence (证照管理员)."""
    AGENT = "agent"
    """Of an organisation (经办人)."""
    RELATIVE = "relative"
    """Whom a person has asked to act for them (亲友代办)."""
    GUARDIAN = "guardian"


BUSINESS_ROLES = frozenset({Role.LEGAL_REPRESENTATIVE, Role.ADMINISTRATOR})
"""Who stands for a whole organisation, rather than doing something on its behalf."""


class Answer(StrEnum):
    """What became of an invitation."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


LIVE = text("ended_at IS NULL")
LIVE_OF_REPRESENTATIVE = text("ended_at IS NULL AND role = 'legal_representative'")
LIVE_OF_GUARDIAN = text("ended_at IS NULL AND role = 'guardian'")


class Mandate(Base):
    """A person's right to act for an organisation or for another person.

    What it counts for now says `idp.mandates.standing`, never the row alone: all above it has to stand.
    """

    __tablename__ = "mandates"
    __table_args__ = (
        # One right from one hand: who is given another gets this one renewed.
        Index(
            "uq_mandates_live_below",
            "parent_id",
            "person_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index(
            "uq_mandates_live_for_person",
            "principal_id",
            "person_id",
            "role",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index(
            "uq_mandates_live_representative",
            "organisation_id",
            unique=True,
            sqlite_where=LIVE_OF_REPRESENTATIVE,
            postgresql_where=LIVE_OF_REPRESENTATIVE,
        ),
        # The worker looks for those whom the register was not asked about for longest.
        Index(
            "ix_mandates_guardians",
            "confirmed_at",
            "id",
            sqlite_where=LIVE_OF_GUARDIAN,
            postgresql_where=LIVE_OF_GUARDIAN,
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    role: Mapped[str] = mapped_column(String(24))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    """Who may act."""
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    principal_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    """The person acted for; either this or an organisation."""
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("mandates.id"), index=True)
    """On whose strength it was granted; None for roots and relatives."""
    granted_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    """None for roots: a register says so."""
    matters: Mapped[list[str]]
    """Codes of `idp.mandates.matters`; none named: all business."""
    may_pass_on: Mapped[bool]
    """Whether its holder may appoint others, for no more matters and no longer."""
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None]
    """When the population register last said that somebody is the guardian."""
    confirmed_until: Mapped[datetime | None]
    """Until when that counts. None where no such confirmation is needed."""
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_by: Mapped[str | None] = mapped_column(Id)
    """The person; None when it was a register, time or an operator."""
    ended_reason: Mapped[str | None] = mapped_column(String(32))


class MandateInvitation(Base):
    """A mandate offered to whoever has a number and a name. Nobody is told whether they are known here."""

    __tablename__ = "mandate_invitations"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    role: Mapped[str] = mapped_column(String(24))
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    principal_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("mandates.id"), index=True)
    invited_by: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    number_sealed: Mapped[bytes | None]
    """Context `invitation.number:<id>`. Forgotten with the answer, like its indexes."""
    number_index: Mapped[str | None] = mapped_column(String(43), index=True)
    """The same blind index as of people's identity documents."""
    number_index_next: Mapped[str | None] = mapped_column(String(43), index=True)
    """As `IdentityDocument.number_index_next`."""
    name_sealed: Mapped[bytes]
    """Context `invitation.name:<id>`: as whoever invited typed it."""
    matters: Mapped[list[str]]
    may_pass_on: Mapped[bool]
    mandate_expires_at: Mapped[datetime | None]
    """None: as long as it may be when it is accepted."""
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None] = mapped_column(index=True)
    answer: Mapped[str | None] = mapped_column(String(16))
    mandate_id: Mapped[str | None] = mapped_column(Id)
    """What it became."""


class OrganisationRules(Base):
    """What an organisation has decided for itself; without a row the settings hold."""

    __tablename__ = "organisation_rules"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    acceptance_level: Mapped[int] = mapped_column(SmallInteger)
    """The level at which mandates are given and accepted, 2 to 4."""
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
