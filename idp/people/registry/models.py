"""The tables of the embedded register."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base, Id


class RegisterEntry(Base):
    """One person of the embedded register. It is not an account: most entries never sign in."""

    __tablename__ = "register_entries"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """Sealed columns are bound to this id, since a rotation of the index key changes the indexes."""
    number_index: Mapped[str] = mapped_column(String(43), unique=True)
    number_index_next: Mapped[str] = mapped_column(String(43), unique=True)
    number_sealed: Mapped[bytes]
    """Context `register.number:<id>`."""
    name_sealed: Mapped[bytes]
    """Context `register.name:<id>`."""
    phone_sealed: Mapped[bytes | None]
    """Context `register.phone:<id>`; E.164."""
    photo_sealed: Mapped[bytes | None] = mapped_column(deferred=True)
    """Context `register.photo:<id>`; an encoded picture, up to a megabyte: read when it is asked for."""
    photo_from_capture: Mapped[bool] = mapped_column(default=False)
    """In the sandbox alone: the reference is the person's own first live capture."""
    deceased: Mapped[bool]
    updated_at: Mapped[datetime]


class RegisterGuardianship(Base):
    """Who cares for whom, as the embedded register has it: between two of its own entries."""

    __tablename__ = "register_guardianships"

    guardian_id: Mapped[str] = mapped_column(ForeignKey("register_entries.id"), primary_key=True)
    ward_id: Mapped[str] = mapped_column(ForeignKey("register_entries.id"), primary_key=True)
    relation: Mapped[str] = mapped_column(String(16))
    """A value of `Relation`."""
    updated_at: Mapped[datetime]
