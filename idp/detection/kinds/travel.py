"""One key at two places, and nobody travels so fast between them.

Needs the places of addresses (`places.py`); without them a rule of this kind is off, and says so. The
threshold is in kilometres an hour. Whoever comes with a browser that has long been theirs is not somebody
else: a telephone whose network lets it out in another city, beside a computer at home.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from idp.audit.recorded import Recorded
from idp.detection.findings import Fact, Finding
from idp.detection.places import Place
from idp.detection.watching import Parameters, Remembered, Surroundings, Watch

if TYPE_CHECKING:
    from idp.detection.rules import Rule

SECONDS_OF_AN_HOUR = 3600
BROWSERS_AT_MOST = 8
"""Of one key; the one that was used longest ago is forgotten first."""


class Travelled(Parameters):
    least_kilometres: Annotated[int, Field(ge=1, le=20000)]
    """Nearer places are one: providers give the same address to a whole province."""
    within_seconds: Annotated[int, Field(ge=60, le=7 * 86400)]
    """Between the two; the window is how long a browser is remembered."""
    settled_seconds: Annotated[int, Field(ge=60, le=31 * 86400)]
    """A browser that came with this key so long ago for the first time is theirs."""


@dataclass(slots=True)
class Stay(Remembered):
    place: Place | None = None
    device: str | None = None
    id: str = ""
    browsers: OrderedDict[str, datetime] = field(default_factory=OrderedDict)
    """When each came first."""


class Travelling(Watch[Stay]):
    def __init__(self, rule: "Rule", surroundings: Surroundings) -> None:
        super().__init__(rule, surroundings)
        assert isinstance(rule.parameters, Travelled)
        self._least = rule.parameters.least_kilometres
        self._within = timedelta(seconds=rule.parameters.within_seconds)
        self._settled = timedelta(seconds=rule.parameters.settled_seconds)
        self._places, self._addresses = surroundings.places, surroundings.addresses
        self._speed = rule.threshold

    def note(self, event: Recorded, role: str) -> Finding | None:
        key, address = self._key(event), event.address
        if key is None or address is None or self._places is None:
            return None
        stay = self._state(key, event.at)
        is_theirs = self._is_theirs(stay, event)
        place = None if self._addresses.read(address).is_shared else self._places.find(address)
        if place is None:
            stay.newest = max(stay.newest, event.at) if stay.place is None else stay.newest
            return None
        before = (stay.newest, stay.place, stay.device, stay.id)
        stay.newest, stay.place, stay.device, stay.id = event.at, place, event.device, event.id
        return None if is_theirs else self._finding_of(event, key, place, *before)

    def _is_theirs(self, stay: Stay, event: Recorded) -> bool:
        if event.device is None:
            return False
        first = stay.browsers.setdefault(event.device, event.at)
        stay.browsers.move_to_end(event.device)
        if len(stay.browsers) > BROWSERS_AT_MOST:
            stay.browsers.popitem(last=False)
        return event.at - first >= self._settled

    def _finding_of(
        self,
        event: Recorded,
        key: str,
        place: Place,
        at: datetime,
        last: Place | None,
        device: str | None,
        id_: str,
    ) -> Finding | None:
        if (
            last is None
            or abs(event.at - at) > self._within
            or (device is not None and device == event.device)
        ):
            # One browser at two places is a VPN that was switched on, most of the time.
            return None
        kilometres = last.kilometres(place)
        hours = abs((event.at - at).total_seconds()) / SECONDS_OF_AN_HOUR
        if kilometres < self._least or kilometres <= self._speed * hours:
            return None
        facts: dict[str, Fact] = {"kilometres": round(kilometres), "minutes": round(hours * 60)}
        if last.label and place.label:
            facts |= {"from": last.label, "to": place.label}
        return self._finding(event, key, at, 2, (id_, event.id), facts)

    def begin_anew(self, event: Recorded) -> None:
        """The journey goes on from where it has led."""

    def _new(self) -> Stay:
        return Stay()
