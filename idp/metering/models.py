"""The table of what clients used."""

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base


class ClientUsage(Base):
    """How often something happened at our endpoints in an hour, of one client.

    The measures are a fixed few (`idp.metering.measures`) and the clients that are told apart bounded, so the
    table grows with time and not with use; what is old is swept. No row says anything of a person.
    """

    __tablename__ = "client_usage"

    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """`*`: all those that were not told apart."""
    hour: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, index=True)
    """In whole hours since 1970-01-01T00:00Z."""
    measure: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = ({"sqlite_with_rowid": False},)
