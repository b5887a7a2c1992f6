"""All that happens in the town in some days, a day at a time, in the order of time."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from heapq import merge

from idp.sandbox.traffic import attacks, noise
from idp.sandbox.traffic.attacks.planting import Intensity, Planted, Plot
from idp.sandbox.traffic.draws import Draws
from idp.sandbox.traffic.happenings import DRILL, Happening, Script
from idp.sandbox.traffic.rhythm import CHINA, DEADLINE_SURGE, Span, arrivals, at_hour
from idp.sandbox.traffic.town import Town
from idp.sandbox.traffic.visits import browser_of, portal_of_the_day, visit

VISITS_A_WORKDAY = 0.8
"""Of each person, on average."""
DRILL_KIND = "drill"


@dataclass(frozen=True)
class Traffic:
    """`kinds`: of attacks, to be planted each in all its intensities."""

    town: Town
    span: Span
    kinds: Collection[str] = ()
    noise: Collection[str] = tuple(noise.ALL)

    def days(self) -> Iterator[list[Happening]]:
        """Each day's, in order; of the last and the first those of the span alone."""
        planted = [one for plot in self.plots for one in plot.happenings()]
        late = sorted([*planted, *self._noise()], key=_at)
        for day in self.span.days:
            whole = self.span.clipped(at_hour(day, 0), at_hour(day, 24))
            if whole is None:
                continue
            end = whole.end
            found = [one for script in self.visits(whole) for one in script.happened]
            all_ = list(merge(sorted(found, key=_at), late, key=_at))
            yield [one for one in all_ if one.at < end]
            late = [one for one in all_ if end <= one.at < self.span.end]

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

    def visits(self, span: Span) -> Iterator[Script]:
        """What honest people do on most days."""
        draws = Draws(self.town.seed, "visits", span.begin.isoformat())
        is_deadline = span.begin.astimezone(CHINA).date() == self.span.deadline
        a_workday = self.town.size * VISITS_A_WORKDAY * (DEADLINE_SURGE if is_deadline else 1)
        for at in arrivals(draws, span, a_workday):
            resident = self.town.anybody(draws)
            script = Script(draws, at, resident.home)
            browser_of(draws, resident, script)
            to = portal_of_the_day(draws, is_deadline=is_deadline)
            visit(draws, resident, script, to, is_rushed=is_deadline)
            yield script

    def _noise(self) -> Iterator[Happening]:
        for name in self.noise:
            draws = Draws(self.town.seed, "noise", name)
            for script in noise.ALL[name](self.town, draws, self.span):
                yield from (one for one in script.happened if self.span.begin <= one.at < self.span.end)


def _at(one: Happening) -> datetime:
    return one.at
