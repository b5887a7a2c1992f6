"""Counts that start anew with each day or hour in China: enrolment tries, and text messages sent.

The counted thing is in the key as a blind index, never as a number that somebody could read.
"""

from datetime import datetime

from idp.china_time import CHINA_TIME
from idp.crypto.fields import BlindIndex
from idp.storage.ephemeral import EphemeralStore

DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600


class TooManyTries(Exception):
    """Of this phone or this browser today, or within this enrolment: tomorrow, or at a service window."""


class Counters:
    def __init__(self, store: EphemeralStore, index: BlindIndex) -> None:
        self._store = store
        self._index = index

    def count_today(self, what: str, value: str, now: datetime) -> int:
        """How often it has happened today, this time included."""
        return self._count(what, value, now.astimezone(CHINA_TIME).strftime("%Y%m%d"), DAY_SECONDS)

    def count_this_hour(self, what: str, value: str, now: datetime) -> int:
        return self._count(what, value, now.astimezone(CHINA_TIME).strftime("%Y%m%d%H"), HOUR_SECONDS)

    def _count(self, what: str, value: str, period: str, seconds: int) -> int:
        key = f"count:{{{self._index.of(what, value)}}}:{period}"
        return self._store.increment(key, seconds=seconds)
