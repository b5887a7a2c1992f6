"""The table of the embedded business register."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base, Id


class BusinessRegisterEntry(Base):
    """One organisation of the embedded register; most of them never sign in."""

    __tablename__ = "business_register_entries"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(18), unique=True)
    name_sealed: Mapped[bytes]
    """Context `business_register.name:<id>`."""
    type: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(16))
    representative_name_sealed: Mapped[bytes | None]
    """Context `business_register.representative_name:<id>`."""
    representative_number_sealed: Mapped[bytes | None]
    """Context `business_register.representative_number:<id>`. Nobody is looked for by it here."""
    updated_at: Mapped[datetime]
