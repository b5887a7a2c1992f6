"""The table of runs."""

from datetime import datetime

from sqlalchemy import BigInteger, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base, Id


class AuditVerification(Base):
    """One run. The last ones are kept; that it was done, and what was found, stands in the log for good."""

    __tablename__ = "audit_verifications"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(128))
    """A staff account's id, or SCHEDULE."""
    unfinished: Mapped[int | None] = mapped_column(SmallInteger, unique=True)
    """1 until it is finished, then nothing: there is one at a time."""
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    holder: Mapped[str | None] = mapped_column(String(64))
    """The worker that does it, and until when it is taken to live."""
    held_until: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    looked: Mapped[int] = mapped_column(BigInteger, default=0)
    """Positions that were looked at, of `size`: how far it is."""
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    result: Mapped[str | None] = mapped_column(String(16))
    """whole; or the kind of what is wrong (`tree.findings.Kind`); or FAILED: nobody knows."""
    rows: Mapped[int | None] = mapped_column(BigInteger)
    dropped: Mapped[int | None] = mapped_column(BigInteger)
    heads: Mapped[int | None] = mapped_column(BigInteger)
    anchored: Mapped[int | None] = mapped_column(BigInteger)
    wrong_what: Mapped[str | None] = mapped_column(String(16))
    wrong_begin: Mapped[int | None] = mapped_column(BigInteger)
    wrong_end: Mapped[int | None] = mapped_column(BigInteger)
    wrong_event_id: Mapped[str | None] = mapped_column(String(128))
