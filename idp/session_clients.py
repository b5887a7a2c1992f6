"""At which clients a sign-in session was used, for whom the person acts there, and the notices to them when
it ends.

One row a session and client, and only of clients that want to be told or accept people who act for somebody
else; they go with the session. A notice is written in the transaction that ends the session, so none is lost
and none is told of a session that goes on. It holds ids alone: what the client gets to read is made and
signed when it is delivered (`idp.oidc.logout.back_channel`).
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Select,
    String,
    Table,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from idp.storage import outbox
from idp.storage.base import Base, Id
from idp.storage.database import deleted
from idp.storage.prepared import Prepared

KIND = "logout"
"""Of the notices in the outbox."""
MYSELF = ""
"""The choice to act for nobody else. Any other is a mandate's id."""
ACTING = text("acting_for IS NOT NULL")
WATCHED = timedelta(days=90)


class SessionClient(Base):
    __tablename__ = "session_clients"
    __table_args__ = (
        Index("ix_session_clients_acting_for", "acting_for", sqlite_where=ACTING, postgresql_where=ACTING),
    )

    sid: Mapped[str] = mapped_column(ForeignKey("browser_sessions.sid"), primary_key=True, type_=Id)
    client_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    acting_for: Mapped[str | None] = mapped_column(Id)
    """The mandate on whose strength the person acts there; None: as themselves. When it ends, so does the
    session for this client, and it stays here without a time."""
    chosen_at: Mapped[datetime | None]
    """When the person last said for whom they act there. None: nobody asked; or what they said has ended, and
    they are asked anew before they go on there as themselves."""


class ActedFor(Base):
    """A mandate on whose strength the person acted at a client before, in the same session. The client may
    keep what it opened by it, whatever they choose there next: so it is told when that mandate ends, too."""

    __tablename__ = "session_acted_for"
    __table_args__ = (
        ForeignKeyConstraint(
            ["sid", "client_id"],
            ["session_clients.sid", "session_clients.client_id"],
            name="fk_session_acted_for_sid",
            ondelete="CASCADE",
        ),
    )

    sid: Mapped[str] = mapped_column(Id, primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    mandate_id: Mapped[str] = mapped_column(Id, primary_key=True, index=True)


class WatchedNotice(Base):
    """A notice that somebody waits for, to see how many have been delivered. It is there as long as it is
    looked at; the message itself goes once it is delivered."""

    __tablename__ = "watched_notices"

    message_id: Mapped[str] = mapped_column(Id, primary_key=True)
    cause: Mapped[str] = mapped_column(Id, index=True)
    """What ended the session."""
    client_id: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(index=True)


TABLE = cast("Table", SessionClient.__table__)
BEFORE = cast("Table", ActedFor.__table__)
HAS_ENDED = and_(SessionClient.acting_for.is_not(None), SessionClient.chosen_at.is_(None))
"""The client has been told that the session is over for it, and the person has not been back since."""

ENDED = Prepared(
    select(SessionClient.sid).where(
        SessionClient.sid == bindparam("sid"), SessionClient.client_id == bindparam("client"), HAS_ENDED
    )
)


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
    """Note that a client is to be told of the session's end; doing it again changes nothing."""
    key = [SessionClient.sid, SessionClient.client_id]
    row = _insert(session, TABLE).values(sid=sid, client_id=client_id)
    session.execute(row.on_conflict_do_update(index_elements=key, set_={"acting_for": None}, where=HAS_ENDED))


def acts(session: Session, sid: str, client_id: str, choice: str | None, now: datetime) -> None:
    """Note for whom the person acts at a client now, instead of what was noted. None: nobody asked.

    The caller holds the session's row, or two at once could both find nothing and insert.
    """
    values = {"acting_for": choice or None, "chosen_at": None if choice is None else now}
    which = SessionClient.sid == sid, SessionClient.client_id == client_id
    found = session.execute(
        select(SessionClient.acting_for, HAS_ENDED.label("has_ended")).where(*which)
    ).one_or_none()
    if found is None:
        session.execute(insert(TABLE).values(sid=sid, client_id=client_id, **values))
        return
    before = None if found.has_ended else found.acting_for
    if before is not None and before != choice:
        row = _insert(session, BEFORE).values(sid=sid, client_id=client_id, mandate_id=before)
        session.execute(row.on_conflict_do_nothing())
    session.execute(update(SessionClient).where(*which).values(values))


def has_ended(where: Connection | Engine, sid: str, client_id: str) -> bool:
    """Whether the client was told that the session is over for it, and the person has not been back since."""
    return ENDED.one(where, {"sid": sid, "client": client_id}) is not None


def last_choice(connection: Connection, sid: str) -> str | None:
    """For whom the person acts in this session where they were last asked: `MYSELF`, or a mandate's id."""
    latest = SessionClient.chosen_at.desc()
    found = connection.execute(
        select(SessionClient.acting_for)
        .where(SessionClient.sid == sid, SessionClient.chosen_at.is_not(None))
        .order_by(latest, SessionClient.client_id)
        .limit(1)
    ).one_or_none()
    return None if found is None else found.acting_for or MYSELF


def of_session(session: Session, sid: str) -> list[str]:
    """The ids of the clients that are to be told."""
    statement = select(SessionClient.client_id).where(SessionClient.sid == sid, ~HAS_ENDED)
    return list(session.scalars(statement.order_by(SessionClient.client_id)))


def leave(
    session: Session,
    person_of: Mapping[str, str],
    now: datetime,
    client_id: str | None = None,
    *,
    cause: str | None = None,
) -> None:
    """Tell the clients of sessions that end now, or the one without which they go on, and forget them.

    `person_of`: sid -> person. `client_id`: that one alone. `cause`: as of `WatchedNotice`, where somebody
    waits for the notices. The caller holds the sessions' rows.
    """
    which: list[ColumnElement[bool]] = [SessionClient.sid.in_(person_of)]
    if client_id is not None:
        which.append(SessionClient.client_id == client_id)
    if _told(session, person_of, now, *which, cause=cause):
        session.execute(delete(SessionClient).where(*which))


def leave_those_who_act(
    session: Session,
    person_of: Mapping[str, str],
    acting_for: Collection[str],
    now: datetime,
    *,
    cause: str | None = None,
) -> None:
    """Tell the clients where the person acts, or acted, on the strength of one of these mandates that the
    session is over for them. For whom it is now is remembered, so that nobody goes on there as themselves
    without a word.

    The caller holds the sessions' rows.
    """
    which = *(SessionClient.sid.in_(person_of), SessionClient.acting_for.in_(acting_for)), ~HAS_ENDED
    before = ActedFor.sid.in_(person_of), ActedFor.mandate_id.in_(acting_for)
    acted = tuple_(SessionClient.sid, SessionClient.client_id).in_(
        select(ActedFor.sid, ActedFor.client_id).where(*before)
    )
    _told(session, person_of, now, or_(and_(*which), acted), cause=cause)
    session.execute(update(SessionClient).where(*which).values(chosen_at=None))
    session.execute(delete(ActedFor).where(*before))


def those_who_act(mandate_ids: Collection[str]) -> "Select[str]":
    """The sessions in which somebody acts, or acted, on the strength of one of these."""
    now = select(SessionClient.sid).where(SessionClient.acting_for.in_(mandate_ids), ~HAS_ENDED)
    before = select(ActedFor.sid).where(ActedFor.mandate_id.in_(mandate_ids))
    return select(now.union(before).subquery().c.sid)


def _told(
    session: Session,
    person_of: Mapping[str, str],
    now: datetime,
    *which: ColumnElement[bool],
    cause: str | None,
) -> bool:
    """Whether there are any; each is told of its end once."""
    found = session.execute(
        select(SessionClient.sid, SessionClient.client_id, HAS_ENDED.label("has_ended")).where(*which)
    ).all()
    for row in found:
        if not row.has_ended:
            notice = Notice(row.client_id, row.sid, person_of[row.sid])
            message_id = outbox.enqueue(session, KIND, notice.written(), now=now)
            if cause is not None:
                session.add(
                    WatchedNotice(message_id=message_id, cause=cause, client_id=row.client_id, made_at=now)
                )
    return bool(found)


def _insert(session: Session, table: Table) -> postgresql.Insert | sqlite.Insert:
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if is_postgresql else sqlite.insert(table)


def sweep(session: Session, now: datetime) -> int:
    """Forget which notices were watched, once nobody can still deliver them; how many."""
    return deleted(session, delete(WatchedNotice).where(WatchedNotice.made_at < now - WATCHED))
