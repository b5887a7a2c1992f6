"""What is remembered of a sink besides its place in the log, which its reader keeps (`audit_cursors`)."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base

LONGEST_FAILURE = 200


class AuditSink(Base):
    """A row for each name that ever stood in the settings."""

    __tablename__ = "audit_sinks"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    """Of the workers that one gives to it; the others wait. This spares doubles, it protects nothing."""
    held_until: Mapped[datetime]
    given: Mapped[int] = mapped_column(BigInteger)
    """Events, since it is known here."""
    given_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(Integer)
    """One after another, up to now."""
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(String(LONGEST_FAILURE))
    """The last one, also when it is over: the kind of place and what went wrong, never an event's content."""
