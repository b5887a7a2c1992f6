"""Ending sessions, and their going on without a client: who was told of them is told of that."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from idp import session_clients
from idp.session_clients import SessionClient
from idp.sessions.models import BrowserSession
from idp.storage.database import deleted

ENDED_AT_ONCE = 500
"""Sessions that one statement names: databases limit how many values one may have."""


def leave(session: Session, person_id: str, client_id: str, now: datetime) -> None:
    """The person's sessions go on without this client, and it is told."""
    held = _held(session, BrowserSession.person_id == person_id)
    session_clients.leave(session, held, now, client_id)


def leave_some(
    session: Session, client_id: str, now: datetime, *, after: str, cause: str | None
) -> tuple[int, str | None]:
    """Some of the sessions that know a client go on without it, and it is told: how many, and after which
    session (`after` of the next call) to go on; None: there are no more."""
    query = select(SessionClient.sid).where(SessionClient.client_id == client_id, SessionClient.sid > after)
    some = session.scalars(query.order_by(SessionClient.sid).limit(ENDED_AT_ONCE)).all()
    if held := _held(session, BrowserSession.sid.in_(some)):
        session_clients.leave(session, held, now, client_id, cause=cause)
    return len(held), some[-1] if len(some) == ENDED_AT_ONCE else None


def leave_those_who_act(
    session: Session, mandate_ids: Collection[str], now: datetime, *, cause: str | None = None
) -> None:
    """Sessions go on without the clients at which the person acts, or acted, on the strength of one of these
    mandates; those are told."""
    acting = session_clients.those_who_act(mandate_ids)
    while held := _held(session, BrowserSession.sid.in_(acting)):
        session_clients.leave_those_who_act(session, held, mandate_ids, now, cause=cause)


def end(session: Session, sid: str, now: datetime, *, cause: str | None = None) -> bool:
    """End one session; False when it had ended before. `cause`: as of `session_clients.WatchedNotice`."""
    return _end(session, now, BrowserSession.sid == sid, cause=cause) > 0


def end_some(
    session: Session, now: datetime, *which: ColumnElement[bool], cause: str | None = None
) -> dict[str, str]:
    """End some of these sessions, as many as one statement names, and tell their clients: sid -> person. All
    have ended once it gives none."""
    held = _held(session, *which)
    if held:
        session_clients.leave(session, held, now, cause=cause)
        session.execute(delete(BrowserSession).where(BrowserSession.sid.in_(held)))
    return held


def end_all_of(
    session: Session, person_id: str, now: datetime, *, but: str | None = None, cause: str | None = None
) -> int:
    """End every session of a person (a frozen account, a changed password), except the one `but`."""
    conditions = [BrowserSession.person_id == person_id]
    if but is not None:
        conditions.append(BrowserSession.sid != but)
    return _end(session, now, *conditions, cause=cause)


def end_licensed(
    session: Session, organisation_id: str, person_id: str, now: datetime, *, cause: str | None = None
) -> int:
    """End those in which the person has signed in with a licence of this organisation; how many."""
    which = BrowserSession.licence_of == organisation_id, BrowserSession.person_id == person_id
    return _end(session, now, *which, cause=cause)


def sweep(session: Session, now: datetime) -> int:
    """End the sessions that are over; how many."""
    return _end(session, now, BrowserSession.expires_at <= now, skip_locked=True)


def _end(
    session: Session,
    now: datetime,
    *which: ColumnElement[bool],
    skip_locked: bool = False,
    cause: str | None = None,
) -> int:
    """Their clients are told in the same transaction; how many ended."""
    ended = 0
    while True:
        held = _held(session, *which, skip_locked=skip_locked)
        if held:
            session_clients.leave(session, held, now, cause=cause)
            ended += deleted(session, delete(BrowserSession).where(BrowserSession.sid.in_(held)))
        if len(held) < ENDED_AT_ONCE:
            return ended


def _held(session: Session, *which: ColumnElement[bool], skip_locked: bool = False) -> dict[str, str]:
    """sid -> person, of some of these sessions. Locked: no client enters one while it ends."""
    statement = select(BrowserSession.sid, BrowserSession.person_id).where(*which).limit(ENDED_AT_ONCE)
    rows = session.execute(statement.with_for_update(skip_locked=skip_locked))
    return {row.sid: row.person_id for row in rows}
