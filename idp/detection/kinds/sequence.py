"""So many events of one key, and then another one within the window: what was tried at last succeeds.

What `excuses` begins the count anew.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from idp.audit.recorded import Recorded
from idp.detection.findings import Finding
from idp.detection.kinds.count import REMEMBERED
from idp.detection.watching import Parameters, Remembered, Surroundings, Watch, value_of

if TYPE_CHECKING:
    from idp.detection.rules import Rule


class Followed(Parameters):
    value: str | None = None
    """Where it is named, one of the events before must have another value in this field than what follows."""

    def fields(self) -> Iterable[str]:
        return () if self.value is None else (self.value,)


@dataclass(slots=True)
class Seen(Remembered):
    counted: deque[tuple[datetime, str, str | None]]


class Following(Watch[Seen]):
    ROLES = ("counts", "then", "excuses")
    NEEDED = frozenset({"then"})

    def __init__(self, rule: "Rule", surroundings: Surroundings) -> None:
        super().__init__(rule, surroundings)
        assert isinstance(rule.parameters, Followed)
        name = rule.parameters.value
        self._value = None if name is None else value_of(name, surroundings)
        self._threshold = rule.threshold

    def note(self, event: Recorded, role: str) -> Finding | None:
        key = self._key(event)
        if key is None or (role != "counts" and key not in self._states):
            return None
        seen, at = self._state(key, event.at), event.at
        begin = seen.slide(at, self.window)
        while seen.counted and seen.counted[0][0] < begin:
            seen.counted.popleft()
        if at < begin:
            return None
        value = None if self._value is None else self._value(event)
        if role == "counts":
            seen.counted.append((at, event.id, value))
            return None
        if role == "excuses":
            # It explains what comes, such as a password that was set anew.
            seen.counted.clear()
            return None
        others = sum(1 for _, _, one in seen.counted if one != value)
        count = len(seen.counted)
        is_full = count >= self._threshold and (self._value is None or others > 0)
        if not is_full:
            # What comes right ends what was tried before it.
            seen.counted.clear()
            return None
        ids = [*(one for _, one, _ in seen.counted), event.id]
        return self._finding(event, key, seen.counted[0][0], count + 1, ids, {"before": count})

    def _new(self) -> Seen:
        return Seen(deque(maxlen=self._threshold * REMEMBERED))
