"""The browser's sign-in session: who has signed in here, and what was proved, how and when.

The row is found by the digest of the cookie's secret. The secret changes with every proof, the id stays;
relying parties know it by a pairwise `sid` (`idp.oidc.subjects`). Expiries are kept where the worker can
sweep them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Engine,
    ForeignKey,
    Index,
    String,
    and_,
    bindparam,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from idp import session_clients
from idp.audit.insertion import Living
from idp.crypto.digests import digest, new_secret
from idp.people.models import Person, PersonStatus
from idp.ranges import key_of
from idp.session_clients import MYSELF, SessionClient
from idp.session_proofs import Proof, level_proved
from idp.settings import Protocol
from idp.storage.base import Base, Id, UtcDateTime, new_id
from idp.storage.database import changed, deleted
from idp.storage.prepared import Prepared

COOKIE = "__Host-session"
TOUCH_SECONDS = 60
"""Use is written down this often: an idle limit of an hour needs no write for every request."""
ENDED_AT_ONCE = 500
"""Sessions that one statement names: databases limit how many values one may have."""


LICENSED = text("licence_of IS NOT NULL")


class BrowserSession(Base):
    __tablename__ = "browser_sessions"
    __table_args__ = (
        Index(
            "ix_browser_sessions_licence_of", "licence_of", sqlite_where=LICENSED, postgresql_where=LICENSED
        ),
    )

    sid: Mapped[str] = mapped_column(Id, primary_key=True)
    """No secret, never changes, and leaves only as the pairwise `sid` claim that follows from it."""
    secret_digest: Mapped[str] = mapped_column(String(43), unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    proofs_json: Mapped[list[dict[str, Any]]] = mapped_column("proofs", JSON)
    opened_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    licence_of: Mapped[str | None] = mapped_column(Id)
    """The organisation with whose licence the person last proved who they are in it."""
    opened_from: Mapped[str | None] = mapped_column(String(32), index=True)
    """The address of the last proof (`idp.ranges.key_of`), as long as the session lives: so that all of a
    range can be ended. None: it came without one."""

    @property
    def proofs(self) -> tuple[Proof, ...]:
        return tuple(Proof.from_json(value) for value in self.proofs_json)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who is signed in in a browser and what was proved: the facts that rules decide on."""

    sid: str
    person_id: str
    proofs: tuple[Proof, ...]
    account_level: int
    opened_at: datetime
    last_used_at: datetime
    has_entered: bool = False
    """The client that was asked about is among those that are told when the session ends."""
    choice: str | None = None
    """For whom the person said that they act at that client (`session_clients`). None: nobody asked, or it
    has ended."""
    choice_has_ended: bool = False
    """They acted for somebody else at that client, and what that rested on has ended, or has become less."""

    @property
    def authenticated_at(self) -> datetime:
        """`auth_time`: when the person last did something to prove who they are."""
        return max(proof.at for proof in self.proofs)

    @property
    def amr(self) -> tuple[str, ...]:
        """The methods of all proofs, each once, in the order they were given."""
        return tuple(dict.fromkeys(value for proof in self.proofs for value in proof.amr))

    def level(self, now: datetime, presence_seconds: int) -> int:
        return level_proved(
            self.proofs, account_level=self.account_level, now=now, presence_seconds=presence_seconds
        )


def open(  # noqa: A001 - sessions.open() is what it is called everywhere
    session: Session,
    person_id: str,
    proof: Proof,
    *,
    now: datetime,
    settings: Protocol,
    address: str | None = None,
) -> tuple[BrowserSession, str]:
    """A new session and its cookie's secret. Always new: a session that came before the sign-in is
    never taken over (session fixation, OWASP ASVS 7.2.4). `address`: from where the proof came."""
    secret = new_secret()
    opened = BrowserSession(
        sid=new_id(now),
        secret_digest=digest(secret),
        person_id=person_id,
        proofs_json=[proof.to_json()],
        opened_at=now,
        last_used_at=now,
        expires_at=expires_at(now, now, settings),
        licence_of=proof.licence_of,
        opened_from=key_of(address),
    )
    session.add(opened)
    session.flush()
    return opened, secret


def add_proof(
    session: Session,
    opened: BrowserSession,
    proof: Proof,
    *,
    now: datetime,
    settings: Protocol,
    address: str | None = None,
) -> str:
    """Record a further proof by the same person; returns the cookie's new secret.

    A new proof takes the place of an older one by the same method.
    """
    secret = new_secret()
    kept = [value for value in opened.proofs_json if value["method"] != proof.method]
    opened.proofs_json = [*kept, proof.to_json()]
    opened.secret_digest = digest(secret)
    opened.licence_of = proof.licence_of or opened.licence_of
    opened.opened_from = key_of(address)
    opened.last_used_at = now
    opened.expires_at = expires_at(opened.opened_at, now, settings)
    session.flush()
    return secret


def find(session: Session, secret: str, now: datetime) -> BrowserSession | None:
    """The living session of a cookie; None for no cookie, an unknown one and an ended one alike."""
    if not secret:
        return None
    statement = select(BrowserSession).where(BrowserSession.secret_digest == digest(secret))
    found = session.scalars(statement).one_or_none()
    return found if found is not None and now < found.expires_at else None


SIGNED_IN = (
    select(
        BrowserSession.sid,
        BrowserSession.person_id,
        BrowserSession.proofs_json,
        BrowserSession.opened_at,
        BrowserSession.last_used_at,
        Person.level,
        SessionClient.client_id.label("entered"),
        SessionClient.acting_for,
        SessionClient.chosen_at,
    )
    .join(Person, Person.id == BrowserSession.person_id)
    .join(
        SessionClient,
        and_(SessionClient.sid == BrowserSession.sid, SessionClient.client_id == bindparam("client")),
        isouter=True,
    )
    .where(
        Person.status == PersonStatus.ACTIVE,
        BrowserSession.secret_digest == bindparam("secret"),
        BrowserSession.expires_at > bindparam("now", type_=UtcDateTime()),
    )
)
"""Rooms add what they need to know of the person at the same moment."""
SIGN_IN = Prepared(SIGNED_IN)


def sign_in(
    where: Connection | Engine,
    secret: str,
    now: datetime,
    client_id: str = "",
) -> SignIn | None:
    """Who is signed in, in one statement and without the ORM; None when nobody is, or the account is
    not active. `client_id`: of whom `has_entered` tells."""
    row = row_of(SIGN_IN, where, secret, now, client_id)
    return None if row is None else from_row(row)


def row_of(
    statement: Prepared, where: Connection | Engine, secret: str, now: datetime, client_id: str
) -> Any | None:
    """Of `SIGNED_IN`, or of more than that."""
    if not secret:
        return None
    return statement.one(where, {"secret": digest(secret), "now": now, "client": client_id})


def from_row(row: Any) -> SignIn:
    proofs = tuple(Proof.from_json(value) for value in row.proofs)
    has_ended = row.chosen_at is None and row.acting_for is not None
    choice = None if row.chosen_at is None else row.acting_for or MYSELF
    return SignIn(
        *(row.sid, row.person_id, proofs, row.level, row.opened_at, row.last_used_at),
        has_entered=row.entered is not None and not has_ended,
        choice=choice,
        choice_has_ended=has_ended,
    )


def living(sid: str) -> Living:
    """The row of a session, for an event that must not be written once it has ended."""
    return Living(BrowserSession.__table__, sid)  # type: ignore[arg-type]


def touch(session: Session, opened: SignIn | BrowserSession, now: datetime, settings: Protocol) -> bool:
    """Push the idle limit ahead, at most once a minute; True when something was written."""
    if is_touched(opened, now):
        return False
    _push_ahead(session, opened, now, settings)
    return True


def is_touched(opened: SignIn | BrowserSession, now: datetime) -> bool:
    """Whether its use was written down lately."""
    return now - opened.last_used_at < timedelta(seconds=TOUCH_SECONDS)


def enter(session: Session, opened: SignIn, client_id: str, now: datetime, settings: Protocol) -> bool:
    """A client that is to be told of the session's end; False when it has ended already.

    Either the client's row is there before the session ends, or the session is found ended: the update
    holds the session's row for the rest of the transaction.
    """
    if not _push_ahead(session, opened, now, settings):
        return False
    session_clients.entered(session, opened.sid, client_id)
    return True


def act(
    session: Session,
    opened: SignIn,
    client_id: str,
    choice: str | None,
    now: datetime,
    settings: Protocol,
) -> bool:
    """For whom the person acts at a client from now on, which enters the session by that; False when it has
    ended already. `choice`: as of `SignIn`."""
    if not _push_ahead(session, opened, now, settings):
        return False
    session_clients.acts(session, opened.sid, client_id, choice, now)
    return True


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


def _push_ahead(session: Session, opened: SignIn | BrowserSession, now: datetime, settings: Protocol) -> bool:
    statement = (
        update(BrowserSession)
        .where(BrowserSession.sid == opened.sid)
        .values(last_used_at=now, expires_at=expires_at(opened.opened_at, now, settings))
    )
    return changed(session, statement) > 0


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


def level_of(opened: BrowserSession, person: Person, now: datetime, settings: Protocol) -> int:
    """The level that this session has now."""
    return level_proved(
        opened.proofs, account_level=person.level, now=now, presence_seconds=settings.presence_seconds
    )


def expires_at(opened_at: datetime, now: datetime, settings: Protocol) -> datetime:
    """When a session ends that is used now, and not again."""
    absolute = opened_at + timedelta(seconds=settings.session_absolute_seconds)
    return min(absolute, now + timedelta(seconds=settings.session_idle_seconds))
