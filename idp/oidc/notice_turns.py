"""Whose turn it is among the clients that the worker tells of something, one after another.

How many notices there are, and how long each takes, is up to a client: it must not hold up everybody else's,
neither by staying away nor by answering slowly.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

SHARE, SHARED = timedelta(seconds=15), timedelta(seconds=30)
"""As much of each such span of a worker's a client may take up before others come first."""
KEPT_AT_MOST = 5000
"""Clients: where anybody may register, strangers decide how many there are."""


@dataclass(slots=True)
class Turns:
    away_for: timedelta
    """How long a client that did not answer is left alone."""
    away: dict[str, datetime] = field(default_factory=dict)
    """client_id -> until when it is left alone."""
    taken: dict[str, tuple[datetime, timedelta]] = field(default_factory=dict)
    """client_id -> since when its span runs, and how much of that it took."""

    def is_away(self, client_id: str, now: datetime) -> bool:
        until = self.away.get(client_id)
        return until is not None and now < until

    def failed(self, client_id: str, now: datetime) -> None:
        """It did not answer, or said that it cannot now."""
        _bound(self.away)
        self.away[client_id] = now + self.away_for

    def answered(self, client_id: str, began: datetime, ended: datetime) -> None:
        since, took = self.taken.get(client_id, (began, timedelta()))
        if began >= since + SHARED:
            since, took = began, timedelta()
        took += ended - began
        if took < SHARE:
            _bound(self.taken)
            self.taken[client_id] = since, took
            self.away.pop(client_id, None)
        else:
            self.taken.pop(client_id, None)
            _bound(self.away)
            self.away[client_id] = since + SHARED


def _bound(kept: dict[str, Any]) -> None:
    if len(kept) >= KEPT_AT_MOST:
        kept.clear()
