"""The table of counts."""

from sqlalchemy import BigInteger, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base


class AuditCount(Base):
    """How often something happened in an hour, or in a day of China.

    What a kind may have of values in one hour or day is bounded (`counting.MOST`), so the table grows with
    time and not with use, and what is old is swept.
    """

    __tablename__ = "audit_counts"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    grain: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    """Hours: 1 or 24."""
    hour: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """The first one, in whole hours since 1970-01-01T00:00Z."""
    value: Mapped[str] = mapped_column(String(128), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = ({"sqlite_with_rowid": False},)  # the key is the table: pages read ranges of it
