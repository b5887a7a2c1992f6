"""A rule tried on the log while an officer waits: bounded in time, and it says how far it came."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final

from sqlalchemy import Engine

from idp.audit.paging import in_order
from idp.audit.recorded import Recorded
from idp.audit.spans import Span
from idp.detection.findings import Finding
from idp.detection.rules import Rule
from idp.detection.trying import try_on
from idp.detection.watching import Surroundings

SECONDS: Final = 8.0
"""A page has to answer; hundreds of thousands of events are read by then."""
SHOWN_AT_MOST: Final = 100
LOOKS_EACH: Final = 500
"""Events between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Trial:
    findings: tuple[Finding, ...]
    """The first of them."""
    found: int
    subjects: int
    events: int
    reached: datetime | None
    """Of the last event that was read, where the rest was not; None: all of it was."""
    off: str | None


def trial(
    engine: Engine,
    rule: Rule,
    span: Span,
    surroundings: Surroundings,
    *,
    seconds: float = SECONDS,
    clock: Callable[[], float] = monotonic,
) -> Trial:
    """Of the rule as it is given, whose threshold may be another than its file's. Nothing is kept of it."""
    reading = _Bounded(clock() + seconds, clock)
    found = try_on(reading.of(in_order(engine, span)), rule, surroundings, at_most=SHOWN_AT_MOST)
    return Trial(found.findings, found.found, found.subjects, found.events, reading.stopped_at, found.off)


@dataclass(slots=True)
class _Bounded:
    until: float
    clock: Callable[[], float]
    stopped_at: datetime | None = None

    def of(self, events: Iterator[Recorded]) -> Iterator[Recorded]:
        for number, event in enumerate(events, 1):
            yield event
            if number % LOOKS_EACH == 0 and self.clock() >= self.until:
                self.stopped_at = event.at
                return
