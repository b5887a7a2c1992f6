"""How often a client may ask: a key of its own beside the request, so that no poll stands in its way."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from idp.oidc.decoupled.waiting import WaitingRequest
from idp.storage.ephemeral import EphemeralStore

SLOWER_BY_SECONDS = 5
"""RFC 8628 section 3.5; CIBA Core 1.0 section 11."""
LONGEST_INTERVAL_SECONDS = 60
EARLY_BY = timedelta(milliseconds=500)
"""A network is not even: who waits the whole interval must not come too early."""
CONTENTION_TRIES = 4


@dataclass(frozen=True, slots=True)
class _Pace:
    interval: int
    polled_at: datetime

    def encoded(self) -> bytes:
        return f"{self.interval} {self.polled_at.isoformat()}".encode("ascii")


def is_kept(store: EphemeralStore, waiting: WaitingRequest, now: datetime) -> bool:
    """Note a poll. False when it came too early: then the interval is longer by five seconds from now on,
    as the client reckons, too."""
    key, seconds = f"pace:{waiting.id}", waiting.seconds_left(now) + LONGEST_INTERVAL_SECONDS
    for _ in range(CONTENTION_TRIES):
        raw = store.get(key)
        if raw is None:
            if store.add_once(key, _Pace(waiting.interval, now).encoded(), seconds=seconds):
                return True
            continue
        last = _decoded(raw)
        in_time = now + EARLY_BY >= last.polled_at + timedelta(seconds=last.interval)
        slower = min(last.interval + SLOWER_BY_SECONDS, LONGEST_INTERVAL_SECONDS)
        interval = last.interval if in_time else slower
        if store.replace(key, raw, _Pace(interval, now).encoded(), seconds=seconds):
            return in_time
    return False


def _decoded(raw: bytes) -> _Pace:
    interval, polled_at = raw.decode("ascii").split(" ")
    return _Pace(int(interval), datetime.fromisoformat(polled_at))
