"""One key at two places, and nobody travels so fast between them.

Needs the places of addresses (`places.py`); without them a rule of this kind is off, and says so. The
threshold is in kilometres an hour.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from idp.audit.recorded import Recorded
from idp.detection.findings import Fact, Finding
from idp.detection.places import Place
from idp.detection.watching import LONG_AGO, Parameters, Surroundings, Watch

if TYPE_CHECKING:
    from idp.detection.rules import Rule

SECONDS_OF_AN_HOUR = 3600


class Travelled(Parameters):
    least_kilometres: Annotated[int, Field(ge=1, le=20000)]
    """Nearer places are one: providers give the same address to a whole province."""
    same_device_counts: bool = False
    """Whether one browser at two places counts: it is a VPN that was switched on, most of the time."""


@dataclass(slots=True)
class Stay:
    at: datetime
    place: Place | None
    device: str | None
    id: str


class Travelling(Watch[Stay]):
    def __init__(self, rule: "Rule", surroundings: Surroundings) -> None:
        super().__init__(rule, surroundings)
        assert isinstance(rule.parameters, Travelled)
        self._parameters = rule.parameters
        self._places, self._addresses = surroundings.places, surroundings.addresses
        self._speed = rule.threshold

    def note(self, event: Recorded, role: str) -> Finding | None:
        key, address = self._key(event), event.address
        if key is None or address is None or self._places is None or self._addresses.read(address).is_shared:
            return None
        place = self._places.find(address)
        if place is None:
            return None
        stay = self._state(key, event.at)
        before, stay.at = Stay(stay.at, stay.place, stay.device, stay.id), event.at
        stay.place, stay.device, stay.id = place, event.device, event.id
        if before.place is None or abs(event.at - before.at) > self.window:
            return None
        is_same_device = before.device is not None and before.device == event.device
        if is_same_device and not self._parameters.same_device_counts:
            return None
        kilometres = before.place.kilometres(place)
        hours = abs((event.at - before.at).total_seconds()) / SECONDS_OF_AN_HOUR
        if kilometres < self._parameters.least_kilometres or kilometres <= self._speed * hours:
            return None
        facts: dict[str, Fact] = {"kilometres": round(kilometres), "minutes": round(hours * 60)}
        if before.place.label and place.label:
            facts |= {"from": before.place.label, "to": place.label}
        return self._finding(event, key, before.at, 2, (before.id, event.id), facts)

    def begin_anew(self, event: Recorded) -> None:
        """The journey goes on from where it has led."""

    def _new(self) -> Stay:
        return Stay(LONG_AGO, None, None, "")

    def _newest(self, state: Stay) -> datetime:
        return state.at
