"""When a secret or a key was last used: to the day in China, and never in the way of a request.

A request leaves a mark in memory. What has gathered is written a few seconds later, by a thread that ends
with it; each process writes a mark once a day. A process that is killed meanwhile has forgotten it: the next
use, of this process or of another, says the same.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock, Timer
from typing import Protocol
from weakref import WeakMethod

from sqlalchemy import Connection, Engine, or_, update
from sqlalchemy.orm import Mapped

from idp.people.directory import day_in_china
from idp.storage.outages import OUTAGES

GATHERED_SECONDS = 5.0
REMEMBERED_AT_MOST = 10_000
log = logging.getLogger("idp.clients")

Work = Callable[[], None]
Later = Callable[[Work], None]


class Marked(Protocol):
    """Keeps the days of last use: a table, or what stands for one."""

    def note_use(self, connection: Connection, key: str, day: date, now: datetime) -> None:
        """Of what `key` names there; `day` is that of `now` in China."""


Note = Callable[[Marked, str, datetime], None]
"""Where it is kept, its key there, moment."""


class MarkedRow:
    """A table whose rows are marked by their ids."""

    id: Mapped[str]
    last_used_on: Mapped[date | None]
    """The day in China, as people read dates here; written once a day."""

    @classmethod
    def note_use(cls, connection: Connection, key: str, day: date, _now: datetime) -> None:
        older = or_(cls.last_used_on.is_(None), cls.last_used_on < day)
        connection.execute(update(cls).where(cls.id == key, older).values(last_used_on=day))


def nothing(_kept_in: Marked, _key: str, _now: datetime) -> None:
    """Where nobody asks when it was."""


def in_a_while(work: Work) -> None:
    timer = Timer(GATHERED_SECONDS, work)
    timer.daemon = True
    timer.start()


@dataclass(frozen=True, slots=True)
class Use:
    kept_in: Marked
    key: str


class LastUses:
    """Gathers marks. `later`: calls something once, in another thread and a little later."""

    def __init__(self, engine: Engine, *, later: Later = in_a_while) -> None:
        self._engine = engine
        self._later = later
        self._lock = Lock()
        self._noted: dict[Use, date] = {}
        """Of today, written or not."""
        self._waiting: dict[Use, tuple[date, datetime]] = {}

    def note(self, kept_in: Marked, key: str, now: datetime) -> None:
        use, day = Use(kept_in, key), day_in_china(now)
        if self._noted.get(use) == day:
            return
        with self._lock:
            if len(self._noted) >= REMEMBERED_AT_MOST:
                self._noted.clear()
            self._noted[use] = day
            is_first = not self._waiting
            if len(self._waiting) < REMEMBERED_AT_MOST:
                self._waiting[use] = day, now
        if is_first:
            # What is closed before then is not kept alive for it.
            method = WeakMethod(self.write)
            self._later(lambda: (write := method()) and write())

    def write(self) -> None:
        """What has gathered, in one transaction."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        try:
            with self._engine.begin() as connection:
                for use, (day, now) in waiting.items():
                    use.kept_in.note_use(connection, use.key, day, now)
                # Not left behind in a pool that was closed meanwhile.
                connection.detach()
        except OUTAGES as problem:
            log.warning("last uses: %s", type(problem).__name__)
            with self._lock:
                for use in waiting:
                    self._noted.pop(use, None)
