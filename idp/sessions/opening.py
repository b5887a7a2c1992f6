"""Opening a session, proving more in it, using it, and taking it to clients."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from idp import session_clients
from idp.crypto.digests import digest, new_secret
from idp.ranges import key_of
from idp.session_proofs import Proof
from idp.sessions.models import BrowserSession, expires_at
from idp.sessions.signed_in import SignIn
from idp.settings import Protocol
from idp.storage.base import new_id
from idp.storage.database import changed

TOUCH_SECONDS = 60
"""Use is written down this often: an idle limit of an hour needs no write for every request."""


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


def _push_ahead(session: Session, opened: SignIn | BrowserSession, now: datetime, settings: Protocol) -> bool:
    statement = (
        update(BrowserSession)
        .where(BrowserSession.sid == opened.sid)
        .values(last_used_at=now, expires_at=expires_at(opened.opened_at, now, settings))
    )
    return changed(session, statement) > 0
