"""Texts that are good once, and for one session of the mini-program alone.

Two kinds: the ticket that opens the sign-in in a web-view, and the code that the web-view hands back. Neither
is worth anything to whoever sees it: it counts together with the session that asked for it.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from clients.sdk import Store
from clients.sdk.store import key_of

TICKET_SECONDS = 60
"""From the tap on the button to the page in the web-view."""
CODE_SECONDS = 300
REMEMBERED_SECONDS = 600
"""After its end, so that a late one is told so, and not that it never was."""


class NotTaken(Exception):
    """`error`, for the mini-program; each has words of its own there."""

    error: ClassVar[str] = "code_unknown"


class Unknown(NotTaken):
    """Never given out, or so long ago that nobody remembers."""


class Expired(NotTaken):
    error = "code_expired"


class Used(NotTaken):
    """It did its work once. Who has it now taps twice, or has read along."""

    error = "code_used"


class OfAnotherSession(NotTaken):
    """Somebody was led here with a code that another telephone's sign-in gave (login CSRF)."""

    error = "code_of_another_session"


@dataclass(frozen=True)
class OneTime:
    """One kind of such texts in the store, which holds their digests."""

    kind: str
    seconds: int
    store: Store
    clock: Callable[[], datetime]

    def give(self, session: str, value: str) -> str:
        """A new one. `session`: the start of the mini-program that it is for; `value`: what it gives."""
        text = secrets.token_urlsafe(32)
        kept = {"session": session, "value": value, "until": self._now() + self.seconds, "used": False}
        self.store.replace(self._key(text), None, json.dumps(kept), self._remembered)
        return text

    def take(self, text: str, session: str) -> str:
        """What was given with it, to one caller. Raises NotTaken; a stranger's try uses nothing up."""
        before = self.store.load(self._key(text))
        if before is None:
            raise Unknown
        kept = json.loads(before)
        if not secrets.compare_digest(str(kept["session"]), session):
            raise OfAnotherSession
        if kept["used"]:
            raise Used
        if self._now() >= float(kept["until"]):
            raise Expired
        after = json.dumps({**kept, "value": "", "used": True})
        if not self.store.replace(self._key(text), before, after, self._remembered):
            raise Used
        return str(kept["value"])

    def session_of(self, text: str) -> str | None:
        """For whom it is: a web-view brings nothing but the text."""
        kept = self.store.load(self._key(text))
        return None if kept is None else str(json.loads(kept)["session"])

    @property
    def _remembered(self) -> int:
        return self.seconds + REMEMBERED_SECONDS

    def _key(self, text: str) -> str:
        return key_of(self.kind, text)

    def _now(self) -> float:
        return self.clock().timestamp()
