"""The same measured scores once more: what a network says of a live face never comes twice to four places.

Scores of a check are read in the order of its gates. Those that are 0 or 1 are what anything may have, so at
least so many others must be among them.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from idp.audit.recorded import Recorded
from idp.detection.findings import Finding
from idp.detection.watching import Parameters, Remembered, Surroundings, Watch

if TYPE_CHECKING:
    from idp.detection.rules import Rule


class Recognised(Parameters):
    scores: Annotated[str, Field(min_length=1)]
    """The field that holds the list of fractions."""
    least_telling: Annotated[int, Field(ge=2, le=16)]

    def fields(self) -> Iterable[str]:
        return (self.scores,)


@dataclass(slots=True)
class Seen(Remembered):
    counted: deque[tuple[datetime, str]]


class Recognising(Watch[Seen]):
    """The rule's key says where: usually nowhere in particular, so that no change of device hides it."""

    def __init__(self, rule: "Rule", surroundings: Surroundings) -> None:
        super().__init__(rule, surroundings)
        assert isinstance(rule.parameters, Recognised)
        self._field = rule.parameters.scores
        self._least = rule.parameters.least_telling
        self._threshold = rule.threshold

    def note(self, event: Recorded, role: str) -> Finding | None:
        key = self._scores(event)
        if key is None:
            return None
        seen, at = self._state(key, event.at), event.at
        begin = seen.slide(at, self.window)
        while seen.counted and seen.counted[0][0] < begin:
            seen.counted.popleft()
        if at < begin:
            return None
        seen.counted.append((at, event.id))
        count = len(seen.counted)
        if count < self._threshold or (subject := self._key(event)) is None:
            return None
        return self._finding(event, subject, seen.counted[0][0], count, (one for _, one in seen.counted), {})

    def begin_anew(self, event: Recorded) -> None:
        """What was replayed once is known for the rest of the window: its next use is a finding by itself."""
        if (key := self._scores(event)) is not None and (seen := self._states.get(key)) is not None:
            while len(seen.counted) >= self._threshold:
                seen.counted.popleft()

    def _scores(self, event: Recorded) -> str | None:
        scores = event.fields.get(self._field)
        if not isinstance(scores, list):
            return None
        telling = {score for score in scores if isinstance(score, float) and score not in (0, 1)}
        return None if len(telling) < self._least else repr(scores)

    def _new(self) -> Seen:
        return Seen(deque(maxlen=self._threshold))
