"""So many different values of a field with one key within the window: numbers, people, clients.

Three things tell an attack from a crowd, where a rule asks for them: that little of it comes right (`share`),
that each value is tried a few times only (`tries_each`), that it goes on slowly (`slow_seconds`).
"""

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from idp.audit.recorded import Recorded
from idp.detection.findings import EVENTS_AT_MOST, Finding
from idp.detection.kinds.count import AGAINST, REMEMBERED, Share
from idp.detection.watching import Parameters, Remembered, Surroundings, Watch, value_of

if TYPE_CHECKING:
    from idp.detection.rules import Rule


class Told(Parameters):
    value: Annotated[str, Field(min_length=1)]
    """The field whose values are told apart."""
    share: Share | None = None
    """Of the values and the events of the role `against`, how much the values must be."""
    tries_each: Annotated[int, Field(ge=1, le=100)] | None = None
    """Values that were tried more often do not count."""
    slow_seconds: Annotated[int, Field(ge=1)] | None = None
    """From the first to the last of them, at least."""

    def fields(self) -> Iterable[str]:
        return (self.value,)


@dataclass(slots=True)
class Tried:
    first: datetime
    last: datetime
    count: int


@dataclass(slots=True)
class Seen(Remembered):
    values: OrderedDict[str, Tried]
    """In the order in which they were seen last."""
    ids: deque[str]
    against: deque[datetime]


class Telling(Watch[Seen]):
    ROLES = ("counts", "against")

    def __init__(self, rule: "Rule", surroundings: Surroundings) -> None:
        super().__init__(rule, surroundings)
        assert isinstance(rule.parameters, Told)
        self._parameters = rule.parameters
        self._value = value_of(rule.parameters.value, surroundings)
        self._threshold = rule.threshold
        self._at_most = rule.threshold * REMEMBERED
        self._slow = timedelta(seconds=rule.parameters.slow_seconds or 0)

    def note(self, event: Recorded, role: str) -> Finding | None:
        key = self._key(event)
        if key is None:
            return None
        seen, at = self._state(key, event.at), event.at
        begin = self._forget_old(seen, at)
        if at < begin:
            return None
        if role != "counts":
            seen.against.append(at)
            return None
        value = self._value(event)
        if value is None:
            return None
        tried = seen.values.get(value)
        if tried is None:
            seen.values[value] = Tried(at, at, 1)
            if len(seen.values) > self._at_most:
                seen.values.popitem(last=False)
        else:
            tried.last, tried.count = max(tried.last, at), tried.count + 1
            seen.values.move_to_end(value)
        seen.ids.append(event.id)
        return None if len(seen.values) < self._threshold else self._full(event, key, seen)

    def _forget_old(self, seen: Seen, at: datetime) -> datetime:
        """When the window begins."""
        begin = seen.slide(at, self.window)
        values, against = seen.values, seen.against
        while values and next(iter(values.values())).last < begin:
            values.popitem(last=False)
        while against and against[0] < begin:
            against.popleft()
        return begin

    def _full(self, event: Recorded, key: str, seen: Seen) -> Finding | None:
        asked = self._parameters
        counting = list(seen.values.values())
        if asked.tries_each is not None:
            counting = [one for one in counting if one.count <= asked.tries_each]
        values = len(counting)
        if values < self._threshold:
            return None
        if asked.share is not None and values < asked.share * (values + len(seen.against)):
            return None
        first = min(one.first for one in counting)
        if max(one.last for one in counting) - first < self._slow:
            return None
        facts = {"values": values} | ({} if asked.share is None else {"against": len(seen.against)})
        count = sum(one.count for one in counting)
        return self._finding(event, key, first, count, seen.ids, facts)

    def _new(self) -> Seen:
        against: deque[datetime] = deque(maxlen=self._at_most * AGAINST)
        return Seen(OrderedDict(), deque(maxlen=EVENTS_AT_MOST), against)
