"""Asking the population register again about guardians, so that its word does not run out while it is true,
and that what it takes back soon counts no more.

Who was asked about longest ago comes first. Each is taken with a short lease before the register is asked, so
that several workers share the round; the register's silence ends it, and its last word counts until it is
over (`mandates.guardian_confirmed_seconds`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.mandates.guardian_desk import GuardianDesk, RegisterSilent
from idp.mandates.models import Mandate, Role
from idp.people.models import Person, PersonStatus
from idp.storage.base import UtcDateTime
from idp.storage.ephemeral import EphemeralStore

ROUND_EVERY: Final = timedelta(minutes=1)
ROUND_LASTS: Final = timedelta(seconds=50)
LEASE_SECONDS: Final = 300
ACTOR: Final = "worker"


@dataclass(frozen=True, slots=True)
class GuardianWatching:
    sessions: sessionmaker[Session]
    store: EphemeralStore
    desk: GuardianDesk
    clock: Callable[[], datetime]
    counts: timedelta
    """For how long the register's word counts; it is asked for anew when half of that is over."""
    at_most: int
    """How many are asked about in one round."""
    stopping: Callable[[], bool]
    """True when the worker is to end: it does not wait for the round."""
    page: int = 100
    """How many are looked up at once."""

    def round(self) -> int:
        """Ask about those that are due; how many the register answered for."""
        until = self.clock() + ROUND_LASTS
        answered = 0
        for mandate_id in self._due():
            if answered == self.at_most or self.stopping() or self.clock() >= until:
                break
            if not self.store.add_once(f"guardian:{{{mandate_id}}}", b"1", seconds=LEASE_SECONDS):
                continue
            try:
                self.desk.ask_again(mandate_id, context=AuditContext(self.clock(), actor=ACTOR))
            except RegisterSilent:
                # Its adapter has logged why.
                break
            answered += 1
        return answered

    def _due(self) -> Iterator[str]:
        """Of guardians whose account is active: a frozen one is asked about when it counts again.

        Page by page, so that those who wait for their lease to end are in nobody's way.
        """
        place = tuple_(Mandate.confirmed_at, Mandate.id)
        query = (
            select(Mandate.confirmed_at, Mandate.id)
            .join(Person, Person.id == Mandate.person_id)
            .where(
                Mandate.role == Role.GUARDIAN,
                Mandate.ended_at.is_(None),
                Mandate.confirmed_at <= self.clock() - self.counts / 2,
                Person.status == PersonStatus.ACTIVE,
            )
            .order_by(Mandate.confirmed_at, Mandate.id)
            .limit(self.page)
        )
        following = query
        while True:
            with self.sessions() as session:
                rows = session.execute(following).all()
            yield from (row.id for row in rows)
            if len(rows) < self.page:
                return
            last = literal(rows[-1].confirmed_at, UtcDateTime()), rows[-1].id
            following = query.where(place > tuple_(*last))
