"""Secrets that a client had: nobody gets in by one, and its team is told which one its program still sends.

What is kept is the keyed digest and the name, for a month. That is no secret of the client's any more: the
digest stands in a table that no authentication looks at.
"""

from datetime import datetime, timedelta

from sqlalchemy import Engine, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from idp.oidc.clients.credentials.client_secrets import LABEL_CHARACTERS_AT_MOST, ClientSecret
from idp.oidc.facts import WrongSecret
from idp.storage.base import Base
from idp.storage.database import deleted
from idp.storage.outages import OUTAGES

KEPT = timedelta(days=30)
"""Who asks why nothing works any more is told for so long."""
KEPT_AT_MOST = 20
"""Of a client: whoever makes and revokes secrets all day fills no table."""


class FormerSecret(Base):
    __tablename__ = "client_secrets_former"

    mac: Mapped[str] = mapped_column(String(43), primary_key=True)
    """Bound to its client, as of `client_secrets.secret_mac`."""
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(LABEL_CHARACTERS_AT_MOST))
    was_revoked: Mapped[bool]
    """False: it expired, and made room for another one."""
    ended_at: Mapped[datetime] = mapped_column(index=True)


def note(session: Session, row: ClientSecret, *, was_revoked: bool, ended_at: datetime) -> None:
    """This one is gone. The caller commits, and holds the client's row."""
    former = FormerSecret(
        mac=row.mac, client_id=row.client_id, label=row.label, was_revoked=was_revoked, ended_at=ended_at
    )
    # One that a manifest shares can come again, and go again.
    session.merge(former)
    session.flush()
    newest = select(FormerSecret).where(FormerSecret.client_id == row.client_id)
    for old in session.scalars(newest.order_by(FormerSecret.ended_at.desc()).offset(KEPT_AT_MOST)):
        session.delete(old)
    session.flush()


def sweep(session: Session, now: datetime) -> int:
    """Forget those that ended a month ago; how many. The caller commits."""
    return deleted(session, delete(FormerSecret).where(FormerSecret.ended_at <= now - KEPT))


class FormerSecrets:
    """What became of a secret that proves nothing any more, for the doctor."""

    def __init__(self, read_engine: Engine) -> None:
        self._engine = read_engine

    def find(self, mac: str, expired_id: str) -> WrongSecret | None:
        """`mac`: of what was sent; `expired_id`: of the row that it is, where that has expired.

        None where it never was a secret of that client's, and while the database does not answer: what was
        sent is refused in any case.
        """
        former = select(FormerSecret.label, FormerSecret.ended_at, FormerSecret.was_revoked)
        expired = select(ClientSecret.label, ClientSecret.expires_at)
        try:
            with self._engine.connect() as connection:
                if expired_id:
                    row = connection.execute(expired.where(ClientSecret.id == expired_id)).one_or_none()
                    return None if row is None else _said("expired", row.label, row.expires_at)
                gone = connection.execute(former.where(FormerSecret.mac == mac)).one_or_none()
        except OUTAGES:
            return None
        if gone is None:
            return None
        return _said("revoked" if gone.was_revoked else "expired", gone.label, gone.ended_at)


def unknown(_mac: str, _expired_id: str) -> WrongSecret | None:
    """Where nobody remembers."""
    return None


def _said(problem: str, label: str, at: datetime | None) -> WrongSecret:
    return WrongSecret(problem, label, 0 if at is None else int(at.timestamp()))
