"""Who is signed in in a browser, and what was proved: the facts that rules decide on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, and_, bindparam, select
from sqlalchemy.orm import Session

from idp.audit.insertion import Living
from idp.crypto.digests import digest
from idp.people.models import Person, PersonStatus
from idp.session_clients import MYSELF, SessionClient
from idp.session_proofs import Proof, level_proved
from idp.sessions.models import BrowserSession
from idp.storage.base import UtcDateTime
from idp.storage.prepared import Prepared


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
