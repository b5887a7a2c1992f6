"""At which clients a sign-in session was used, and the notices to them when it ends.

One row a session and client, and only of clients that want to be told (`entered`); they go with the
session. A notice is written in the transaction that ends the session, so none is lost and none is
told of a session that goes on. It holds ids alone: what the client gets to read is made and signed when it
is delivered (`idp.oidc.logout.back_channel`).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, ForeignKey, String, Table, delete, exists, insert, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from idp.storage import outbox
from idp.storage.base import Base, Id

KIND = "logout"
"""Of the notices in the outbox."""


class SessionClient(Base):
    __tablename__ = "session_clients"

    sid: Mapped[str] = mapped_column(ForeignKey("browser_sessions.sid"), primary_key=True, type_=Id)
    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)


TABLE = cast("Table", SessionClient.__table__)


@dataclass(frozen=True, slots=True)
class Notice:
    """That a session is over for a client. Ids of our own, no secrets: no client reads them."""

    client_id: str
    sid: str
    person_id: str

    def written(self) -> bytes:
        return json.dumps(asdict(self)).encode("ascii")

    @classmethod
    def read(cls, payload: bytes) -> "Notice":
        return cls(**json.loads(payload))


def entered(session: Session, sid: str, client_id: str) -> None:
    """Note that a client is to be told of the session's end; doing it again changes nothing.

    The caller holds the session's row, or two at once could both find nothing and insert.
    """
    is_there = exists().where(SessionClient.sid == sid, SessionClient.client_id == client_id)
    row = select(literal(sid), literal(client_id)).where(~is_there)
    session.execute(insert(TABLE).from_select(["sid", "client_id"], row))


def of_session(session: Session, sid: str) -> list[str]:
    """The ids of the clients that are to be told."""
    statement = select(SessionClient.client_id).where(SessionClient.sid == sid)
    return list(session.scalars(statement.order_by(SessionClient.client_id)))


def leave(
    session: Session, person_of: Mapping[str, str], now: datetime, client_id: str | None = None
) -> None:
    """Tell the clients of sessions that end now, or one client without which they go on, and forget them.

    `person_of`: sid -> person. The caller holds the sessions' rows.
    """
    which: list[ColumnElement[bool]] = [SessionClient.sid.in_(person_of)]
    if client_id is not None:
        which.append(SessionClient.client_id == client_id)
    found = session.execute(select(SessionClient.sid, SessionClient.client_id).where(*which)).all()
    for row in found:
        outbox.enqueue(session, KIND, Notice(row.client_id, row.sid, person_of[row.sid]).written(), now=now)
    if found:
        session.execute(delete(SessionClient).where(*which))
