"""Asked for in one network, approved in others by many people: requests that somebody hands on.

The events of both roles name what they are about by one field (`joined_by`, such as the grant). The rule's
key is read of the asking event; what counts are different `value`s of the approving one.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from idp.audit.recorded import Recorded
from idp.detection.findings import Fact, Finding
from idp.detection.watching import Parameters, Remembered, Surroundings, Watch, value_of

if TYPE_CHECKING:
    from idp.detection.rules import Rule


class Joined(Parameters):
    joined_by: Annotated[str, Field(min_length=1)]
    value: Annotated[str, Field(min_length=1)] = "person_id"

    def fields(self) -> Iterable[str]:
        return (self.joined_by,)


@dataclass(frozen=True, slots=True)
class Asked:
    at: datetime
    key: str
    neighbourhood: str


@dataclass(slots=True)
class Seen(Remembered):
    values: OrderedDict[str, tuple[datetime, str]]


class Joining(Watch[Seen]):
    ROLES = ("asked", "approved")
    NEEDED = frozenset({"approved"})

    def __init__(self, rule: "Rule", surroundings: Surroundings) -> None:
        super().__init__(rule, surroundings)
        assert isinstance(rule.parameters, Joined)
        self._joined_by = value_of(rule.parameters.joined_by, surroundings)
        self._value = value_of(rule.parameters.value, surroundings)
        self._addresses = surroundings.addresses
        self._threshold = rule.threshold
        self._asked: OrderedDict[str, Asked] = OrderedDict()

    def note(self, event: Recorded, role: str) -> Finding | None:
        joined = self._joined_by(event)
        if joined is None or event.address is None:
            return None
        read = self._addresses.read(event.address)
        if role == "asked":
            if (key := self._key(event)) is not None and not read.is_shared:
                self._remember(joined, Asked(event.at, key, read.neighbourhood))
            return None
        asked, value = self._asked.get(joined), self._value(event)
        if asked is None or value is None or read.is_shared or read.neighbourhood == asked.neighbourhood:
            return None
        seen, at = self._state(asked.key, event.at), event.at
        begin = seen.slide(at, self.window)
        while seen.values and next(iter(seen.values.values()))[0] < begin:
            seen.values.popitem(last=False)
        if at < begin:
            return None
        seen.values[value] = (at, event.id)
        seen.values.move_to_end(value)
        if len(seen.values) < self._threshold:
            return None
        first = next(iter(seen.values.values()))[0]
        ids = (one for _, one in seen.values.values())
        facts: dict[str, Fact] = {"values": len(seen.values), "asked_from": asked.neighbourhood}
        return self._finding(event, asked.key, first, len(seen.values), ids, facts)

    def begin_anew(self, event: Recorded) -> None:
        joined = self._joined_by(event)
        if joined is not None and (asked := self._asked.get(joined)) is not None:
            self._states.pop(asked.key, None)

    def _remember(self, joined: str, asked: Asked) -> None:
        self._asked[joined] = asked
        oldest = next(iter(self._asked))
        if len(self._asked) > self._keys_at_most or self._asked[oldest].at < asked.at - self.window:
            del self._asked[oldest]

    def _new(self) -> Seen:
        return Seen(OrderedDict())
