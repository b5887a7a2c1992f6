"""Whom a measure hits, in figures, before it is taken."""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from idp.mandates.ending import live_of_organisation
from idp.mandates.models import Mandate
from idp.measures.kinds import Kind, SubjectKind
from idp.measures.subjects import Subject, session_id
from idp.oidc.token.offline_grants import OfflineGrant
from idp.ranges import keys_of, read_range
from idp.session_clients import SessionClient, those_who_act
from idp.sessions import BrowserSession
from idp.storage.database import batched

COUNTED_AT_MOST: Final = 100_000
"""Beyond it the page says that it is more: nobody waits for an exact figure of an attack."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    sessions: int = 0
    """That end; at a client: that go on without it; of a range that is blocked: that go on."""
    people: int = 0
    clients: int = 0
    """That are told."""
    grants: int = 0
    """With offline access, that end."""
    mandates: int = 0
    """By which nobody acts."""
    is_more: bool = False
    """More than was counted."""


def foreseen(session: Session, kind: Kind, subject: Subject) -> Foreseen:
    if kind is Kind.BLOCK:
        # They go on: whom it hits are those who come.
        return replace(_of_sessions(session, which_sessions(session, subject), 0), clients=0)
    if subject.kind is SubjectKind.ORGANISATION:
        return _of_organisation(session, subject.id)
    if subject.kind is SubjectKind.CLIENT:
        return _of_client(session, subject.id, ends_grants=kind is Kind.END_SESSIONS)
    return _of_sessions(session, which_sessions(session, subject), _grants(session, kind, subject))


def which_sessions(session: Session, subject: Subject) -> ColumnElement[bool]:
    """Of a person, a session, a range."""
    if subject.kind is SubjectKind.ADDRESS:
        return BrowserSession.opened_from.between(*keys_of(read_range(subject.id)))
    if subject.kind is SubjectKind.SESSION:
        sid = session_id(session, subject.person_id or "", subject.id)
        return BrowserSession.sid == (sid or "")
    return BrowserSession.person_id == subject.id


def which_grants(session: Session, subject: Subject) -> ColumnElement[bool] | None:
    """Of a person, and of a session, also when it is over. None: of a range those of its sessions."""
    if subject.kind is SubjectKind.PERSON:
        # Once their sessions have ended: what somebody opens anew after that is theirs.
        lives = exists().where(BrowserSession.sid == OfflineGrant.session_id)
        return and_(OfflineGrant.person_id == subject.id, ~lives)
    if subject.kind is SubjectKind.SESSION:
        sid = session_id(session, subject.person_id or "", subject.id)
        return and_(OfflineGrant.person_id == subject.person_id, OfflineGrant.session_id == (sid or ""))
    return None


def _grants(session: Session, kind: Kind, subject: Subject) -> int:
    """A frozen person keeps them; of a range end those that began there."""
    if kind is Kind.FREEZE:
        return 0
    query = select(OfflineGrant.id)
    if subject.kind is SubjectKind.PERSON:
        query = query.where(OfflineGrant.person_id == subject.id)
    elif (which := which_grants(session, subject)) is not None:
        query = query.where(which)
    else:
        query = query.join(BrowserSession, BrowserSession.sid == OfflineGrant.session_id)
        query = query.where(
            OfflineGrant.person_id == BrowserSession.person_id, which_sessions(session, subject)
        )
    return _count(session, query)


def _of_sessions(session: Session, which: ColumnElement[bool], grants: int) -> Foreseen:
    some = select(BrowserSession.sid, BrowserSession.person_id).where(which).limit(COUNTED_AT_MOST + 1)
    found = some.subquery()
    counts = session.execute(select(func.count(), func.count(func.distinct(found.c.person_id)))).one()
    clients = select(func.count(func.distinct(SessionClient.client_id))).join(
        found, found.c.sid == SessionClient.sid
    )
    return _bounded(counts[0], counts[1], session.scalar(clients) or 0, grants)


def _of_client(session: Session, client_id: str, *, ends_grants: bool) -> Foreseen:
    rows = (
        select(SessionClient.sid, BrowserSession.person_id)
        .join(BrowserSession, BrowserSession.sid == SessionClient.sid)
        .where(SessionClient.client_id == client_id)
        .limit(COUNTED_AT_MOST + 1)
    ).subquery()
    sessions, people = session.execute(
        select(func.count(), func.count(func.distinct(rows.c.person_id)))
    ).one()
    grants = select(OfflineGrant.id).where(OfflineGrant.client_id == client_id)
    return _bounded(sessions, people, 1 if sessions else 0, _count(session, grants) if ends_grants else 0)


def _of_organisation(session: Session, organisation_id: str) -> Foreseen:
    live = live_of_organisation(session, organisation_id)
    sids: set[str] = set()
    people: set[str] = set()
    clients: set[str] = set()
    for some in batched(live):
        acting = session.execute(
            select(SessionClient.sid, SessionClient.client_id, BrowserSession.person_id)
            .join(BrowserSession, BrowserSession.sid == SessionClient.sid)
            .where(SessionClient.sid.in_(those_who_act(some)), SessionClient.acting_for.in_(some))
            .limit(COUNTED_AT_MOST)
        ).all()
        sids.update(row.sid for row in acting)
        people.update(row.person_id for row in acting)
        clients.update(row.client_id for row in acting)
    grants = sum(
        _count(session, select(OfflineGrant.id).where(OfflineGrant.mandate_id.in_(some)))
        for some in batched(live)
    )
    holders = select(func.count(func.distinct(Mandate.person_id))).where(
        Mandate.organisation_id == organisation_id, Mandate.ended_at.is_(None)
    )
    return Foreseen(len(sids), session.scalar(holders) or 0, len(clients), grants, len(live))


def _count(session: Session, query: Select[str]) -> int:
    some = query.limit(COUNTED_AT_MOST + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _bounded(sessions: int, people: int, clients: int, grants: int) -> Foreseen:
    return Foreseen(
        min(sessions, COUNTED_AT_MOST),
        people,
        clients,
        min(grants, COUNTED_AT_MOST),
        is_more=max(sessions, grants) > COUNTED_AT_MOST,
    )
