"""So many events of one key within the window; by share, where other events speak for the key."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from idp.audit.recorded import Recorded
from idp.detection.findings import Finding
from idp.detection.watching import Parameters, Remembered, Surroundings, Watch

if TYPE_CHECKING:
    from idp.detection.rules import Rule

Share = Annotated[float, Field(ge=0.25, le=1)]
"""Below a quarter, what speaks for a key would have to be remembered in numbers without a bound."""
REMEMBERED = 4
"""So many times the threshold of what counts of a key."""
AGAINST = 3
"""So many times of that of what speaks for it: then even the lowest share is not reached by forgetting."""


class Counted(Parameters):
    share: Share | None = None
    """Of the events of both roles, how much must count; needs events of the role `against`."""


@dataclass(slots=True)
class Seen(Remembered):
    counted: deque[tuple[datetime, str]]
    against: deque[datetime]


class Counting(Watch[Seen]):
    ROLES = ("counts", "against")

    def __init__(self, rule: "Rule", surroundings: Surroundings) -> None:
        super().__init__(rule, surroundings)
        assert isinstance(rule.parameters, Counted)
        self._share = rule.parameters.share
        self._threshold = rule.threshold
        self._at_most = rule.threshold * REMEMBERED

    def note(self, event: Recorded, role: str) -> Finding | None:
        key = self._key(event)
        if key is None:
            return None
        seen, at = self._state(key, event.at), event.at
        begin = seen.slide(at, self.window)
        while seen.counted and seen.counted[0][0] < begin:
            seen.counted.popleft()
        while seen.against and seen.against[0] < begin:
            seen.against.popleft()
        if at < begin:
            return None
        if role != "counts":
            seen.against.append(at)
            return None
        seen.counted.append((at, event.id))
        count = len(seen.counted)
        if count < self._threshold:
            return None
        if self._share is not None and count < self._share * (count + len(seen.against)):
            return None
        facts = {} if self._share is None else {"against": len(seen.against)}
        ids = (one for _, one in seen.counted)
        return self._finding(event, key, seen.counted[0][0], count, ids, facts)

    def _new(self) -> Seen:
        return Seen(deque(maxlen=self._at_most), deque(maxlen=self._at_most * AGAINST))
