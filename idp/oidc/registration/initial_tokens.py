"""Initial access tokens (RFC 7591 section 3): the operator, or a team in the developers' console, lets a
program register clients, so often, until then.

The token is shown once and a digest of it kept. A use is spent in the transaction that writes the client:
what fails spends nothing, and of two at once over the last use one gets it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, String, and_, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from idp.audit.context import AuditContext
from idp.crypto.digests import digest, new_secret
from idp.storage.base import Base, Id, new_id
from idp.storage.database import changed, deleted


class InitialAccessToken(Base):
    __tablename__ = "initial_access_tokens"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """For the operator and the audit log; opens nothing."""
    digest: Mapped[str] = mapped_column(String(43), unique=True)
    uses_left: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    team_id: Mapped[str | None] = mapped_column(Id, index=True)
    """The team (`idp.apps`) that made it in the console: what registers with it is the team's. None: the
    operator made it."""
    made_by: Mapped[str | None] = mapped_column(Id)
    """Who of the team."""


class Registered(Protocol):
    """Whoever keeps the apps of teams."""

    def hold(self, session: Session, token_id: str) -> None:
        """Called before anything else in that transaction: whoever changes the same holds it first, too."""

    def __call__(self, session: Session, client_id: str, token_id: str, context: AuditContext) -> None:
        """Told, in its transaction, that a client registered with a token.

        Raises TokenSpent, ProtocolError.
        """

    def may_manage(self, session: Session, client_id: str, now: datetime) -> bool:
        """Whether the client's registration access token is still good: whoever had it made may have left."""


class TokenSpent(Exception):
    """Somebody else had its last use, or it ended, since it was looked at."""


def make(
    session: Session,
    *,
    uses: int,
    days: int,
    now: datetime,
    team_id: str | None = None,
    made_by: str | None = None,
) -> tuple[str, str]:
    """Its id, and the token itself, which is not kept. The caller commits."""
    token, token_id = new_secret(), new_id(now)
    session.add(
        InitialAccessToken(
            id=token_id,
            digest=digest(token),
            uses_left=uses,
            created_at=now,
            expires_at=now + timedelta(days=days),
            team_id=team_id,
            made_by=made_by,
        )
    )
    return token_id, token


def find(connection: Connection, token: str, now: datetime) -> str | None:
    """The id of a token that is good now."""
    good = select(InitialAccessToken.id).where(InitialAccessToken.digest == digest(token), _is_good(now))
    return connection.execute(good).scalar_one_or_none()


def spend(session: Session, token_id: str, now: datetime) -> None:
    """Raises TokenSpent. The caller commits."""
    statement = (
        update(InitialAccessToken)
        .where(InitialAccessToken.id == token_id, _is_good(now))
        .values(uses_left=InitialAccessToken.uses_left - 1)
    )
    if not changed(session, statement):
        raise TokenSpent


def of_teams(session: Session, team_ids: Collection[str], now: datetime) -> Sequence[InitialAccessToken]:
    """Those of these teams that are good now, the latest first."""
    good = select(InitialAccessToken).where(InitialAccessToken.team_id.in_(team_ids), _is_good(now))
    return session.scalars(good.order_by(InitialAccessToken.id.desc())).all()


def end(session: Session, token_id: str) -> bool:
    """False when there is none. The caller commits."""
    return deleted(session, delete(InitialAccessToken).where(InitialAccessToken.id == token_id)) > 0


def end_those_of(session: Session, team_id: str, person_id: str) -> Sequence[str]:
    """All that somebody made for a team; their ids. The caller commits."""
    theirs = (InitialAccessToken.team_id == team_id, InitialAccessToken.made_by == person_id)
    found = session.scalars(select(InitialAccessToken.id).where(*theirs)).all()
    session.execute(delete(InitialAccessToken).where(*theirs))
    return found


def sweep(session: Session, now: datetime) -> int:
    """Drop tokens that are good for nothing any more; how many."""
    over = or_(InitialAccessToken.expires_at <= now, InitialAccessToken.uses_left <= 0)
    return deleted(session, delete(InitialAccessToken).where(over))


def _is_good(now: datetime) -> ColumnElement[bool]:
    return and_(InitialAccessToken.uses_left > 0, InitialAccessToken.expires_at > now)
