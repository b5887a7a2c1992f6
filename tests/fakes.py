"""Stand-ins for the outside world that several rooms' tests share."""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.audit import AuditContext, Event
from idp.audit.models import AuditEvent


class FakeClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class AuditTrap:
    """An audit log that keeps events in memory and fails the test when one carries personal data.

    `secrets` are the names, numbers, phones and codes that the test's people use.
    """

    def __init__(self, *secrets: str) -> None:
        self.secrets = secrets
        self.events: list[Event] = []

    def append(self, event: Event, context: AuditContext) -> None:
        self.check(f"{event!r} {context!r}")
        self.events.append(event)

    def close(self) -> None:
        pass

    def check(self, text: str) -> None:
        """Also for text from elsewhere: a log line, a metric, an address that the browser was sent to."""
        for secret in self.secrets:
            assert secret not in text, "personal data where it must not be"
        resident_number = re.search(r"(?<![0-9a-zA-Z_-])[1-9]\d{16}[\dXx](?![0-9a-zA-Z_-])", text)
        assert resident_number is None, "a resident number where it must not be"

    def check_stored(self, session: Session) -> None:
        """Every event that the database holds."""
        for row in session.execute(select(AuditEvent)).scalars():
            self.check(" ".join(str(getattr(row, column.key)) for column in AuditEvent.__table__.columns))
