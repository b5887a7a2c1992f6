"""One piece of work that comes again, and the round over several of them."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from idp.storage.ephemeral import Clock
from idp.storage.outages import OUTAGES

log = logging.getLogger("idp.worker")

PAUSE_SECONDS = 1.0


@dataclass
class Duty:
    """Something done every so often; the first time at once."""

    name: str
    every: timedelta
    do: Callable[[], object]
    due_at: datetime | None = None

    def do_if_due(self, now: datetime) -> None:
        if self.due_at is not None and now < self.due_at:
            return
        self.due_at = now + self.every
        try:
            self.do()
        except OUTAGES as problem:
            # It is due again soon enough; the type says enough, and the text might say too much.
            log.warning("%s: %s", self.name, type(problem).__name__)


def work(duties: Sequence[Duty], clock: Clock, stopping: threading.Event) -> None:
    """Until it is stopped; a mistake in the code stops everything, for the supervisor to start again."""
    try:
        while not stopping.is_set():
            for duty in duties:
                duty.do_if_due(clock())
            stopping.wait(PAUSE_SECONDS)
    finally:
        stopping.set()
