"""Sessions of the mini-program: who holds a handle, and the sign-in that belongs to it.

The handle stays in the mini-program's memory, never in its storage: after a cold start `wx.login` makes a
new one, and the person signs in anew, which is one tap where the web-view still knows them. The openid alone
opens nothing; it is remembered who came with it last, so that a telephone that changed hands is noticed.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from clients.sdk import SignIn, Store, Visit, Visits
from clients.sdk.store import drop, key_of, put

SECONDS = 2 * 3600
"""Of a handle: a mini-program that lay in the background for longer is started anew."""
REMEMBERED_SECONDS = 180 * 86400
"""Who came last with an openid."""


@dataclass(frozen=True)
class Session:
    """One start of the mini-program on one telephone."""

    start: str
    """Stays the same when the handle changes: what tickets and codes are for."""
    key: str
    """The digest of its handle."""
    account: str = field(repr=False)
    """The digest of its openid."""
    visit: Visit | None = field(repr=False)
    """None: nobody is signed in, or not any more."""


@dataclass(frozen=True)
class Opened:
    """A handle, to be given to the mini-program."""

    handle: str = field(repr=False)
    session: Session
    is_another_person: bool = False
    """Than the one who came with this openid before."""


class Sessions:
    def __init__(self, store: Store, visits: Visits, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._visits = visits
        self._clock = clock

    def open(self, openid: str) -> Opened:
        return self._opened(secrets.token_urlsafe(), key_of("openid", openid), None)

    def find(self, handle: str) -> Session | None:
        key = key_of("mini", handle)
        text = self._store.load(key) if handle else None
        if text is None:
            return None
        kept = json.loads(text)
        return Session(str(kept["start"]), key, str(kept["account"]), self._visits.find(kept["visit"]))

    def sign_in(self, session: Session, sign_in: SignIn) -> Opened:
        """Always a new handle: one that was known before the sign-in is worth nothing (session fixation)."""
        self.end(session)
        drop(self._store, session.key)
        opened = self._opened(session.start, session.account, self._visits.start(sign_in))
        was, who = self._store.load(session.account), key_of("sub", sign_in.sub)
        put(self._store, session.account, who, REMEMBERED_SECONDS)
        return Opened(opened.handle, opened.session, is_another_person=was not in {None, who})

    def end(self, session: Session) -> None:
        """Sign out here; the session goes on without a person."""
        if session.visit is not None:
            self._visits.end(session.visit.id)

    def _opened(self, start: str, account: str, visit: Visit | None) -> Opened:
        handle = secrets.token_urlsafe(32)
        key = key_of("mini", handle)
        kept = {"start": start, "account": account, "visit": None if visit is None else visit.id}
        self._store.replace(key, None, json.dumps(kept), SECONDS)
        return Opened(handle, Session(start, key, account, visit))
