"""All that happens in the town in some days, in the order of time."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from heapq import heapify, heappop, heappush
from itertools import count

from idp.sandbox.traffic import attacks, noise
from idp.sandbox.traffic.attacks.planting import Intensity, Planted, Plot
from idp.sandbox.traffic.draws import Draws
from idp.sandbox.traffic.happenings import DRILL, Happening, Script
from idp.sandbox.traffic.rhythm import DEADLINE_SURGE, Span, arrivals, at_hour
from idp.sandbox.traffic.town import Town
from idp.sandbox.traffic.visits import browser_of, portal_of_the_day, visit

VISITS_A_WORKDAY = 0.8
"""Of each person, on average."""
DRILL_KIND = "drill"
STEP = timedelta(minutes=15)


@dataclass(frozen=True)
class Traffic:
    """`kinds`: of attacks, to be planted each in all its intensities."""

    town: Town
    span: Span
    kinds: Collection[str] = ()
    noise: Collection[str] = tuple(noise.ALL)

    def parts(self) -> Iterator[list[Happening]]:
        """All of it in order, some minutes at a time: of a large town no more is ever in memory."""
        planted = [one for plot in self.plots for one in plot.happenings()]
        waiting = Waiting([*planted, *self._noise()])
        end = self.span.begin
        for began, happened in self._visits():
            while began >= end + STEP:
                end += STEP
                yield from waiting.until(end)
            waiting.add(one for one in happened if one.at < self.span.end)
        yield from waiting.until(self.span.end)

    @cached_property
    def plots(self) -> tuple[Plot, ...]:
        made = []
        wanted = [(kind, intensity) for kind in attacks.ALL if kind in self.kinds for intensity in Intensity]
        for number, (kind, intensity) in enumerate(wanted, DRILL + 1):
            draws = Draws(self.town.seed, "attack", kind, intensity)
            plot = Plot(number, kind, intensity, self.town, draws, self.span)
            attacks.ALL[kind](plot)
            made.append(plot)
        return tuple(made)

    def planted(self) -> Iterator[Planted]:
        """Without those that found no place in the span."""
        for plot in self.plots:
            happened = plot.happenings()
            if happened:
                yield Planted(
                    number=plot.number,
                    kind=plot.kind,
                    intensity=plot.intensity.value,
                    subjects=tuple(plot.subjects),
                    begin=happened[0].at,
                    end=happened[-1].at,
                    events=len(happened),
                )

    def _visits(self) -> Iterator[tuple[datetime, list[Happening]]]:
        """What honest people do on most days, in the order in which they come."""
        for day in self.span.days:
            whole = self.span.clipped(at_hour(day, 0), at_hour(day, 24))
            if whole is not None:
                yield from self.visits_of(whole, is_deadline=day == self.span.deadline)

    def visits_of(self, day: Span, *, is_deadline: bool) -> Iterator[tuple[datetime, list[Happening]]]:
        """When each began, and what happened."""
        draws = Draws(self.town.seed, "visits", day.begin.isoformat())
        a_workday = self.town.size * VISITS_A_WORKDAY * (DEADLINE_SURGE if is_deadline else 1)
        for at in arrivals(draws, day, a_workday):
            resident = self.town.anybody(draws)
            script = Script(draws, at, resident.home)
            browser_of(draws, resident, script)
            to = portal_of_the_day(draws, is_deadline=is_deadline)
            visit(draws, resident, script, to, is_rushed=is_deadline)
            yield at, script.happened

    def _noise(self) -> Iterator[Happening]:
        for name in self.noise:
            draws = Draws(self.town.seed, "noise", name)
            for script in noise.ALL[name](self.town, draws, self.span):
                yield from (one for one in script.happened if self.span.begin <= one.at < self.span.end)


class Waiting:
    """What is to come, by its time; what has the same time, in the order in which it was added."""

    def __init__(self, happened: Iterable[Happening] = ()) -> None:
        self._numbers = count()
        self._due = [(one.at, next(self._numbers), one) for one in happened]
        heapify(self._due)

    def add(self, happened: Iterable[Happening]) -> None:
        for one in happened:
            heappush(self._due, (one.at, next(self._numbers), one))

    def until(self, end: datetime) -> Iterator[list[Happening]]:
        """What comes before then, as one list; none where nothing does."""
        found = []
        while self._due and self._due[0][0] < end:
            found.append(heappop(self._due)[2])
        if found:
            yield found
