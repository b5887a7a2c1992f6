"""Clients whose requests somebody looks at: for half an hour, then no more.

A row beside the client's, read with it: of a client that nobody watches, a request costs nothing more.
"""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from idp.storage.base import Base

MINUTES = 30


class ClientWatch(Base):
    """One row a client at most, written over when somebody watches anew."""

    __tablename__ = "client_watches"

    client_id: Mapped[str] = mapped_column(
        ForeignKey("clients.client_id", ondelete="CASCADE"), primary_key=True
    )
    until: Mapped[datetime]


def watch(session: Session, client_id: str, now: datetime) -> datetime:
    """Until when. The caller commits."""
    until = now + timedelta(minutes=MINUTES)
    session.merge(ClientWatch(client_id=client_id, until=until))
    return until


def stop(session: Session, client_id: str) -> None:
    """The caller commits."""
    row = session.get(ClientWatch, client_id)
    if row is not None:
        session.delete(row)


def until(session: Session, client_id: str, now: datetime) -> datetime | None:
    """None where nobody watches."""
    row = session.get(ClientWatch, client_id)
    return row.until if row is not None and row.until > now else None
