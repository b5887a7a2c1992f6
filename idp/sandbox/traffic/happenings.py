"""What happens in the town, as the log would be told of it; and the one who makes it happen."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from idp.audit.context import AuditContext
from idp.audit.fields import Event
from idp.sandbox.traffic.draws import Draws

WORKER = "worker"
DRILL = 0
"""The number of what the operator tries against its own provider: no attack, and nothing that is honest."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event, with the circumstances in which the provider would write it."""

    event: Event
    context: AuditContext
    plant: int | None = None
    """The number of the planted attack that it belongs to."""

    @property
    def at(self) -> datetime:
        return self.context.at


@dataclass
class Script:
    """What one browser, or one program, does from a moment on. `says`: an event at the script's time."""

    draws: Draws
    at: datetime
    address: str | None
    device: str | None = None
    """The digest of the browser's cookie; None: a program, or a server."""
    plant: int | None = None
    actor: str | None = None
    interaction_id: str | None = None
    happened: list[Happening] = field(default_factory=list)

    def waits(self, least: float, most: float) -> None:
        """Seconds."""
        self.at += self.draws.seconds(least, most)

    def begins(self) -> None:
        """Another authorization request of the same browser."""
        self.interaction_id = self.draws.short()

    def says(self, event: Event) -> None:
        """From the browser, in its interaction if there is one."""
        context = AuditContext(
            at=self.at,
            request_id=self.draws.short(),
            address=self.address,
            device=self.device,
            interaction_id=self.interaction_id,
            actor=self.actor,
        )
        self._happens(event, context)

    def says_outside(self, event: Event) -> None:
        """From the browser's address, at an endpoint that knows no browser."""
        self._happens(event, AuditContext(at=self.at, request_id=self.draws.short(), address=self.address))

    def server_says(self, event: Event, address: str) -> None:
        """A portal's server has called."""
        self._happens(event, AuditContext(at=self.at, request_id=self.draws.short(), address=address))

    def worker_says(self, event: Event, after_seconds: float = 1.0) -> None:
        at = self.at + timedelta(seconds=after_seconds)
        self._happens(event, AuditContext(at=at, actor=WORKER))

    def _happens(self, event: Event, context: AuditContext) -> None:
        self.happened.append(Happening(event, context, self.plant))
