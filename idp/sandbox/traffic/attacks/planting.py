"""An attack in preparation: when it may go on, who it is about, and all that the log is told of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from idp.sandbox.traffic.draws import Draws
from idp.sandbox.traffic.happenings import Happening, Script
from idp.sandbox.traffic.places import Place, hideout
from idp.sandbox.traffic.rhythm import Span
from idp.sandbox.traffic.town import Officer, Town


class Intensity(StrEnum):
    LOUD = "loud"
    """As fast as it goes, from one place."""
    SLOW = "slow"
    """From one place, over hours."""
    DISTRIBUTED = "distributed"
    """From many addresses at the same time."""
    LOW = "low"
    """Over days, so little at a time that it goes under in what honest people do wrong."""


@dataclass
class Plot:
    """Each kind of attack fills one; what it does not fit into `span` is left out."""

    number: int
    kind: str
    intensity: Intensity
    town: Town
    draws: Draws
    span: Span
    at_once: bool = False
    """Whether it begins with the span, instead of at some time in it."""
    subjects: list[tuple[str, str]] = field(default_factory=list)
    """Whom an alert could name, the chief first: kind (person, client, address, device, staff) and id."""
    scripts: list[Script] = field(default_factory=list)

    def about(self, kind: str, subject: str | None) -> None:
        if subject is not None and (kind, subject) not in self.subjects:
            self.subjects.append((kind, subject))

    def addresses(self, count: int, place: Place) -> list[str]:
        """Where the attack comes from; an alert could name each."""
        found = [hideout(self.draws, place) for _ in range(count)]
        for address in found:
            self.about("address", address)
        return found

    def browsers(self, count: int, place: Place) -> list[tuple[str, str]]:
        """Address and device of each; an alert could name both."""
        found = [(hideout(self.draws, place), self.draws.digest()) for _ in range(count)]
        for address, device in found:
            self.about("address", address)
            self.about("device", device)
        return found

    def insiders(self, count: int, staff: Sequence[Officer]) -> list[Officer]:
        """The last of them; an alert could name each."""
        found = list(staff[-count:])
        for officer in found:
            self.about("staff", officer.staff_id)
        return found

    def script(
        self, at: datetime, address: str | None, device: str | None = None, *, actor: str | None = None
    ) -> Script:
        made = Script(self.draws, at, address, device, plant=self.number, actor=actor)
        if device is not None:
            made.begins()
        self.scripts.append(made)
        return made

    def beginning(self, takes: timedelta) -> datetime:
        """When an attack that takes so long may begin; what is too long for the span begins with it."""
        if self.at_once:
            return self.span.begin
        latest = self.span.end - takes
        return self.draws.moment(self.span.begin, latest) if latest > self.span.begin else self.span.begin

    def times(self, count: int, takes: timedelta) -> list[datetime]:
        """Of a machine's tries, one after another."""
        begin = self.beginning(takes)
        return self.draws.evenly(count, begin, min(begin + takes, self.span.end))

    def happenings(self) -> list[Happening]:
        """In the order of time, those alone that lie in the span."""
        found = [one for script in self.scripts for one in script.happened]
        inside = [one for one in found if self.span.begin <= one.at < self.span.end]
        return sorted(inside, key=lambda one: one.at)


@dataclass(frozen=True, slots=True)
class Planted:
    """What a label tells of an attack."""

    number: int
    kind: str
    intensity: str
    subjects: tuple[tuple[str, str], ...]
    begin: datetime
    end: datetime
    """When its last event was."""
    events: int
