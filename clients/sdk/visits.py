"""Who is signed in at this portal: kept in the store, while the browser's cookie holds a random number alone.

Flask's session cookie is signed, not encrypted: a name, a phone or an ID number in it would lie open on every
computer that was used. The store holds the number's digest: who reads the table has nobody's session.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .errors import StoreBroken
from .logout import LogoutNotice
from .sign_ins import SignIn, kept
from .store import Store, drop, key_of, put

LONGEST_SECONDS = 8 * 3600
IDLE_SECONDS = 3600
NOTED_SECONDS = 60
"""That somebody is still there is written down once in so long."""


@dataclass(frozen=True)
class Visit:
    id: str = field(repr=False)
    sign_in: SignIn
    csrf_token: str = field(repr=False)
    seen_at: float
    """Seconds since 1970."""

    def dumped(self) -> str:
        told = {**self.sign_in.as_kept(), "csrf_token": self.csrf_token, "seen_at": self.seen_at}
        return json.dumps(told, sort_keys=True)


class Visits:
    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        *,
        longest_seconds: int = LONGEST_SECONDS,
        idle_seconds: int = IDLE_SECONDS,
    ) -> None:
        self._store = store
        self._clock = clock
        self._longest_seconds = longest_seconds
        self._idle_seconds = idle_seconds

    def start(self, sign_in: SignIn) -> Visit:
        """Always a new id: one that was known before the sign-in is worth nothing (session fixation)."""
        visit = Visit(secrets.token_urlsafe(32), sign_in, secrets.token_urlsafe(), self._now())
        self._store.replace(key_of("visit", visit.id), None, visit.dumped(), self._longest_seconds)
        return visit

    def find(self, visit_id: object) -> Visit | None:
        """None for no id, an unknown one and one that is over alike."""
        if not isinstance(visit_id, str) or not visit_id:
            return None
        key = key_of("visit", visit_id)
        text = self._store.load(key)
        if text is None:
            return None
        visit, now = _visit(visit_id, text), self._now()
        since = now - visit.sign_in.received_at.timestamp()
        if (
            since >= self._longest_seconds
            or now - visit.seen_at >= self._idle_seconds
            or self._was_ended(visit)
        ):
            self.end(visit_id)
            return None
        if now - visit.seen_at >= NOTED_SECONDS:
            seen = replace(visit, seen_at=now)
            # Somebody else's note does as well, and an end that came meanwhile stays one.
            self._store.replace(key, text, seen.dumped(), int(self._longest_seconds - since) + 1)
            return seen
        return visit

    def end_told(self, notice: LogoutNotice) -> None:
        """End the visits that the provider says are over, whichever browsers and processes they are in.

        What is written down is the notice: a visit that a slow callback is about to start with this `sid` is
        over, too.
        """
        if notice.sid is not None:
            self._write_down(key_of("over-sid", notice.sid))
        elif notice.sub is not None:
            self._write_down(key_of("over-sub", notice.sub))

    def end(self, visit_id: str | None) -> None:
        drop(self._store, key_of("visit", visit_id or ""))

    def _write_down(self, key: str) -> None:
        put(self._store, key, repr(self._now()), self._longest_seconds + 3600)

    def _was_ended(self, visit: Visit) -> bool:
        claims = visit.sign_in.claims
        # A sid lives once; a person may come back.
        if "sid" in claims and self._store.load(key_of("over-sid", str(claims["sid"]))) is not None:
            return True
        told_at = self._store.load(key_of("over-sub", visit.sign_in.sub))
        return told_at is not None and visit.sign_in.received_at.timestamp() <= float(told_at)

    def _now(self) -> float:
        return self._clock().timestamp()


def _visit(visit_id: str, text: str) -> Visit:
    try:
        told: dict[str, Any] = json.loads(text)
        return Visit(visit_id, kept(told), str(told["csrf_token"]), float(told["seen_at"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise StoreBroken("The store holds no visit where one should be.") from None
