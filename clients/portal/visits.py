"""Who is signed in at this portal: kept here, while the browser's cookie holds a number alone.

Flask's session cookie is signed, not encrypted: a name, a phone or an ID number in it would lie open
on every computer that was used. Kept in memory for the sample: a portal with several processes puts
the same three functions over its database. After a restart people sign in again, which the
provider's session makes one click.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from clients.sdk import LogoutNotice, SignIn

LONGEST = timedelta(hours=8)
IDLE = timedelta(hours=1)
AT_MOST = 10_000
"""Far above what a sample sees; with more, those who were away longest sign in again."""


@dataclass
class Visit:
    id: str
    sign_in: SignIn
    csrf_token: str
    seen_at: datetime


class Visits:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._visits: OrderedDict[str, Visit] = OrderedDict()
        self._lock = threading.Lock()

    def start(self, sign_in: SignIn) -> Visit:
        """Always a new id: one that was known before the sign-in is worth nothing (session fixation)."""
        visit = Visit(secrets.token_urlsafe(), sign_in, secrets.token_urlsafe(), self._clock())
        with self._lock:
            self._visits[visit.id] = visit
            while len(self._visits) > AT_MOST:
                self._visits.popitem(last=False)
        return visit

    def find(self, visit_id: str | None) -> Visit | None:
        """None for no id, an unknown one and one that is over alike."""
        now = self._clock()
        with self._lock:
            visit = self._visits.get(visit_id or "")
            if visit is None:
                return None
            if now - visit.sign_in.received_at >= LONGEST or now - visit.seen_at >= IDLE:
                del self._visits[visit.id]
                return None
            visit.seen_at = now
            self._visits.move_to_end(visit.id)
            return visit

    def end_told(self, notice: LogoutNotice) -> int:
        """End the visits that the provider says are over, whichever browsers they are in; how many."""
        with self._lock:
            over = [visit.id for visit in self._visits.values() if notice.is_about(visit.sign_in.claims)]
            for visit_id in over:
                del self._visits[visit_id]
            return len(over)

    def end(self, visit_id: str | None) -> None:
        with self._lock:
            self._visits.pop(visit_id or "", None)
