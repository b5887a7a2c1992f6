"""Tables of the security desk: searches that officers keep, and questions who a person is.

What an officer typed is sealed; everything else is ids and codes.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base, Id


class SavedSearch(Base):
    __tablename__ = "saved_searches"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff_accounts.id"), index=True)
    title_sealed: Mapped[bytes]
    """Context `staff.saved_search:<id>`: an officer may have typed anything."""
    query: Mapped[str] = mapped_column(Text)
    """As the address of the search has it: ids and codes."""
    is_shared: Mapped[bool]
    """With the whole desk."""
    created_at: Mapped[datetime]


class UnmaskAsk(Base):
    """An officer wants to be shown who a person is: what a second one said, and whether it was used."""

    __tablename__ = "unmask_asks"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(Id)
    asked_by: Mapped[str] = mapped_column(ForeignKey("staff_accounts.id"))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    """Until when it waits for the answer; after that, for its use."""
    reason: Mapped[str] = mapped_column(String(32))
    note_sealed: Mapped[bytes]
    """Context `staff.unmask_note:<id>`: why, in words, for the second officer and for whoever reviews."""
    extent: Mapped[str] = mapped_column(String(8))
    """masked or full: how much of the number."""
    case_id: Mapped[str | None] = mapped_column(Id)
    decided_by: Mapped[str | None] = mapped_column(Id)
    decided_at: Mapped[datetime | None]
    is_agreed: Mapped[bool | None]
    used_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_unmask_asks_asked_by_asked_at", "asked_by", "asked_at"),
        Index("ix_unmask_asks_expires_at", "expires_at"),
    )
