"""A worker's duty: the rules follow the log, and what they find becomes alerts.

The place in the log, the alerts and the notices of them move in one transaction, so that nothing is found
twice and nothing is missed, whatever is killed between. What the rules remember is in memory alone: after a
start it is made again of the log itself, of which the longest window before the place is read once more.
Of several workers one does it, by a lease in the ephemeral store; should two believe to hold it, the place
lets one of them through.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session

from idp.audit.context import AuditContext
from idp.audit.following import BEFORE_ALL, Batch, Follower, Overtaken
from idp.audit.recorded import Place, Recorded
from idp.crypto.digests import new_secret
from idp.detection import alerts, remembering
from idp.detection.engine import Engine
from idp.detection.findings import joined
from idp.detection.models import Alert
from idp.storage.ephemeral import Clock, EphemeralStore

READER = "detection"
LEASE_KEY = "detection-lease"
LEASE_SECONDS = 60
RENEWED_AFTER = timedelta(seconds=LEASE_SECONDS / 3)
EVENTS_AT_ONCE = 2000
BATCHES_OF_A_ROUND = 20
"""Then the lease is renewed, and others of the worker have their turn."""
FIRST_LOOK = timedelta(days=1)
"""How far back a provider looks that begins to detect."""
SUBJECTS_AT_ONCE = 500
"""Of one rule in one batch: more of them say no more to anybody, and must not hold up the log's reader."""
AHEAD_AT_MOST = timedelta(minutes=5)
"""By which clocks of the provider's machines may differ."""

Tell = Callable[[Session, Alert, datetime], None]
"""Enqueues what tells somebody outside of a new alert."""


@dataclass
class Detection:
    database: Database
    store: EphemeralStore
    clock: Clock
    make: Callable[[], Engine]
    """An engine that has seen nothing."""
    tell: Tell
    stopping: Callable[[], bool] = lambda: False
    events_at_once: int = EVENTS_AT_ONCE
    _me: bytes = field(default_factory=lambda: new_secret(16).encode("ascii"))
    _has_begun: bool = False
    _renewed_at: datetime | None = None
    _engine: Engine | None = None
    _place: Place | None = None
    """Of the last event that the engine has seen."""

    def round(self) -> int:
        """Look at what is new; how many events. Raises SQLAlchemyError, StoreUnavailable."""
        if not self._is_mine():
            self._forget()
            return 0
        seen = 0
        for _ in range(BATCHES_OF_A_ROUND):
            count = 0 if self.stopping() else self._some()
            seen += count
            if count < self.events_at_once:
                break
        return seen

    def _some(self) -> int:
        follower = Follower(self.database, READER)
        if not self._has_begun:
            remembering.begin_late(self.database, READER, self.clock() - FIRST_LOOK)
            self._has_begun = True
        batch = follower.next(self.events_at_once)
        if batch is None:
            return 0
        try:
            engine = self._engine_at(batch.after)
            self._look(engine, follower, batch)
        except Overtaken:
            self._forget()
            return 0
        except BaseException:
            # What the engine has seen and what is stored may differ now.
            self._forget()
            raise
        self._place = batch.place
        return len(batch.events)

    def _look(self, engine: Engine, follower: Follower, batch: Batch) -> None:
        cool_downs = {rule.name: rule.cool_down for rule in engine.rules}
        now = self.clock()
        found = [finding for event in batch.events for finding in engine.feed(_until(event, now))]
        context = AuditContext(at=now, actor="worker")
        with Session(self.database) as session, session.begin():
            follower.advance(session, batch)
            for finding in joined(found, SUBJECTS_AT_ONCE):
                cool_down = cool_downs[finding.rule]
                alert, is_new = alerts.take(session, finding, now, cool_down=cool_down, context=context)
                if is_new:
                    self.tell(session, alert, now)

    def _engine_at(self, after: Place) -> Engine:
        """One that has seen what came before, as far as its rules remember."""
        if self._engine is not None and self._place == after:
            return self._engine
        self._engine = engine = self.make()
        cursor = remembering.cursor_of(self.database, READER)
        if after != BEFORE_ALL and cursor is not None:
            now = self.clock()
            at = remembering.moment_of(self.database, after, now + AHEAD_AT_MOST) or min(cursor.at, now)
            with Session(self.database) as session:
                cleared = remembering.findings_since(session, at - engine.longest_window)
            again = remembering.before(self.database, engine.windows, after, at)
            for number, event in enumerate(again, 1):
                engine.restore(_until(event, now), cleared)
                if number % self.events_at_once == 0 and (self.stopping() or not self._is_mine()):
                    raise Overtaken(READER)
        return engine

    def _is_mine(self) -> bool:
        now = self.clock()
        if self._renewed_at is not None and now - self._renewed_at < RENEWED_AFTER:
            return True
        is_mine = self.store.add_once(LEASE_KEY, self._me, seconds=LEASE_SECONDS) or self.store.replace(
            LEASE_KEY, self._me, self._me, seconds=LEASE_SECONDS
        )
        self._renewed_at = now if is_mine else None
        return is_mine

    def _forget(self) -> None:
        self._engine, self._place = None, None


def _until(event: Recorded, now: datetime) -> Recorded:
    """One that bears a time to come is of now: or all that comes after it would seem too old to count."""
    return event if event.at <= now + AHEAD_AT_MOST else replace(event, at=now)
