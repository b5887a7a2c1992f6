"""Requests that this app has taken up, until they are over: in memory, and no longer than they are good."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from clients.licence_app.provider import Asked, Confirmed
from clients.licence_app.statement import Statement

KEPT: Final = timedelta(minutes=5)
AT_MOST: Final = 20


@dataclass(slots=True)
class Held:
    id: str
    asked: Asked
    statement: Statement
    since: datetime
    confirmed: Confirmed | None = None
    over: str = ""
    """How it ended: declined, not_mine, or the provider's error."""
    problem: str = ""
    """Why the last try came to nothing, where another may be made."""
    message: str = ""
    """The provider's words to it."""


class RequestsHeld:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._held: dict[str, Held] = {}
        self._lock = Lock()

    def keep(self, asked: Asked, statement: Statement) -> Held:
        now = self._clock()
        held = Held(secrets.token_urlsafe(12), asked, statement, now)
        with self._lock:
            young = [one for one in self._held.values() if now - one.since < KEPT]
            self._held = {one.id: one for one in (*young[1 - AT_MOST :], held)}
        return held

    def find(self, request_id: str) -> Held | None:
        held = self._held.get(request_id)
        return held if held is not None and self._clock() - held.since < KEPT else None
