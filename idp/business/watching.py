"""Asking the register again about known organisations, so that what it changes is soon known here.

Those whose turn is due come first come first served. Each is taken with a short lease before the register is
asked, so that no transaction is held meanwhile and several workers share the round.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.business.models import Organisation
from idp.business.organisations import Organisations
from idp.business.registry import BusinessRegister, RegisterUnavailable

ROUND_EVERY = timedelta(minutes=1)
ROUND_LASTS = timedelta(seconds=50)
"""A slow register ends a round before the next one is due."""
RETRY_AFTER = timedelta(minutes=5)
"""The lease: when one that was taken and not answered for is due again."""
ACTOR = "worker"


@dataclass(frozen=True, slots=True)
class Watching:
    sessions: sessionmaker[Session]
    register: BusinessRegister
    organisations: Organisations
    clock: Callable[[], datetime]
    at_most: int
    """How many are asked about in one round."""
    stopping: Callable[[], bool]
    """True when the worker is to end: it does not wait for the round."""

    def round(self) -> int:
        """Ask about those that are due; how many the register answered for.

        The first silence ends the round. Who was asked about then waits for the lease, so that one record
        that the register cannot read out does not keep the others from being asked about.
        """
        until = self.clock() + ROUND_LASTS
        for answered in range(self.at_most):
            if self.stopping() or self.clock() >= until:
                return answered
            code = self._take()
            if code is None:
                return answered
            try:
                self._ask(code)
            except RegisterUnavailable:
                # Its adapter has logged why.
                return answered
        return self.at_most

    def _take(self) -> str | None:
        """The code of the one that waits longest."""
        now = self.clock()
        due = select(Organisation).where(Organisation.check_after <= now).order_by(Organisation.check_after)
        with self.sessions.begin() as session:
            found = session.scalar(due.limit(1).with_for_update(skip_locked=True))
            if found is None:
                return None
            found.check_after = now + RETRY_AFTER
            return found.code

    def _ask(self, code: str) -> None:
        asked_at = self.clock()
        registered = self.register.look_up(code)
        context = AuditContext(self.clock(), actor=ACTOR)
        with self.sessions.begin() as session:
            if registered is None:
                self.organisations.note_missing(session, code, asked_at=asked_at, context=context)
            else:
                self.organisations.keep(session, registered, asked_at=asked_at, context=context)
