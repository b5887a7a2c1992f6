"""The town as it lives now: each event is written when its time has come, until somebody stops it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from idp.sandbox.traffic import attacks
from idp.sandbox.traffic.attacks.planting import Intensity, Planted, Plot
from idp.sandbox.traffic.draws import Draws
from idp.sandbox.traffic.generation import Waiting
from idp.sandbox.traffic.happenings import DRILL, Happening, Script
from idp.sandbox.traffic.rhythm import Span
from idp.sandbox.traffic.town import Town
from idp.sandbox.traffic.visits import browser_of, visit

EVENTS_OF_A_VISIT = 7.0
"""On average, measured over a fortnight; `--per-second` is met within a few percent once visits overlap."""
LONGEST_ATTACK = timedelta(hours=1)
"""What is slower than that nobody waits for."""
FIRST_ATTACK = timedelta(seconds=10)
BEFORE = timedelta(minutes=10)
"""How long people have been coming already when somebody begins to look: visits overlap from the start."""


@dataclass
class Life:
    """Visits come at the rate that is asked for, whatever the hour; an attack begins every so often."""

    town: Town
    per_second: float
    kinds: tuple[str, ...]
    attack_every: timedelta
    begin: datetime
    planted: Callable[[Planted], None] = lambda _planted: None
    _waiting: Waiting = field(default_factory=Waiting)

    def __post_init__(self) -> None:
        self._draws = Draws(self.town.seed, "life", self.begin.isoformat())
        self._next_visit = self.begin - BEFORE
        self._next_attack = self.begin + FIRST_ATTACK
        self._attacks = 0

    def until(self, now: datetime) -> list[Happening]:
        """What has happened since the last call and before now, in order."""
        while self._next_visit <= now:
            self._visit()
        while self.kinds and self._next_attack <= now:
            self._attack()
        return [one for part in self._waiting.until(now) for one in part]

    def _visit(self) -> None:
        draws, resident = self._draws, self.town.anybody(self._draws)
        script = Script(draws, self._next_visit, resident.home)
        browser_of(draws, resident, script)
        visit(draws, resident, script)
        self._waiting.add(one for one in script.happened if one.at >= self.begin)
        self._next_visit += timedelta(seconds=draws.expovariate(self.per_second / EVENTS_OF_A_VISIT))

    def _attack(self) -> None:
        """Loud ones and distributed ones in turn, each kind once before any comes again."""
        turn, place = divmod(self._attacks, len(self.kinds))
        kind, intensity = self.kinds[place], (Intensity.LOUD, Intensity.DISTRIBUTED)[turn % 2]
        self._attacks += 1
        number = DRILL + self._attacks
        span = Span(self._next_attack, self._next_attack + LONGEST_ATTACK)
        plot = Plot(
            number, kind, intensity, self.town, Draws(self.town.seed, number, self.begin), span, at_once=True
        )
        attacks.ALL[kind](plot)
        happened = plot.happenings()
        self._waiting.add(happened)
        if happened:
            told = (plot.kind, plot.intensity.value, tuple(plot.subjects), happened[0].at, happened[-1].at)
            self.planted(Planted(number, *told, events=len(happened)))
        self._next_attack += self.attack_every
