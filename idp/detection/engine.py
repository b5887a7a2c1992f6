"""All rules over a stream of events: the same on what is written now and on what the log holds already.

Pure: the time is the events' own, nothing is read or written, and the same events in the same order give
the same findings, however they are cut into pages. Memory is bounded: see `Surroundings.keys_at_most`, and
each kind for what it keeps of a key. Who floods the log with keys makes a rule forget others; what they do
for that is what the rules look for.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from idp.audit.recorded import Recorded
from idp.detection.findings import Finding
from idp.detection.kinds import KINDS
from idp.detection.rules import Condition, Rule
from idp.detection.watching import Surroundings, Watch

Cleared = Collection[tuple[str, str]]
"""`(rule, event)`: findings that were made, by the event that made each one."""


@dataclass(frozen=True, slots=True)
class Looking:
    """One kind of event of one rule."""

    rule: str
    watches: tuple[Watch[Any], ...]
    """For each of the rule's limits; what fills one begins all of them anew."""
    condition: Condition | None
    role: str


class Engine:
    def __init__(self, rules: Iterable[Rule], surroundings: Surroundings | None = None) -> None:
        found = surroundings or Surroundings()
        self.off: dict[str, str] = {}
        """Rules that do not run, and why: `disabled`, or what they need and nobody gave: `places`."""
        self.rules: tuple[Rule, ...] = ()
        looking: dict[str, list[Looking]] = {}
        for rule in rules:
            if (why := _off(rule, found)) is not None:
                self.off[rule.name] = why
                continue
            self.rules += (rule,)
            kind = KINDS[rule.kind].watch
            watches = tuple(kind(limit, found) for limit in rule.limits)
            for sought in rule.events:
                role = sought.role or kind.ROLES[0]
                one = Looking(rule.name, watches, sought.condition(), role)
                looking.setdefault(sought.name, []).append(one)
        self._looking: Mapping[str, tuple[Looking, ...]] = {
            name: tuple(found) for name, found in looking.items()
        }

    @property
    def longest_window(self) -> timedelta:
        return max(self.windows.values(), default=timedelta())

    @property
    def windows(self) -> Mapping[str, timedelta]:
        """How far back any rule remembers events of a name."""
        return {
            name: max(watch.window for looking in found for watch in looking.watches)
            for name, found in self._looking.items()
        }

    def feed(self, event: Recorded) -> list[Finding]:
        """In the order of the log."""
        made: list[Finding] = []
        for looking in self._looking.get(event.name, ()):
            # Most events come to several rules: a call less for each is what they cost.
            condition = looking.condition
            if condition is not None and not condition(event):
                continue
            found: Finding | None = None
            for watch in looking.watches:
                one = watch.note(event, looking.role)
                found = found or one
            if found is not None:
                made.append(found)
                for watch in looking.watches:
                    watch.begin_anew(event)
        return made

    def restore(self, event: Recorded, cleared: Cleared) -> None:
        """After a start: an event that was fed before, by a process that is no more.

        What it filled then began anew then; nothing is found of it now.
        """
        for looking in self._looking.get(event.name, ()):
            if looking.condition is not None and not looking.condition(event):
                continue
            was_found = (looking.rule, event.id) in cleared
            for watch in looking.watches:
                watch.note(event, looking.role)
                if was_found:
                    watch.begin_anew(event)


def _off(rule: Rule, surroundings: Surroundings) -> str | None:
    if not rule.enabled:
        return "disabled"
    return "places" if rule.kind == "travel" and surroundings.places is None else None
