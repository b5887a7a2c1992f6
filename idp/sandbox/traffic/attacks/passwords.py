"""Leaked pairs of number and password, and one common password for everybody."""

from datetime import datetime, timedelta

from idp.sandbox.traffic.attacks.planting import Intensity, Plot
from idp.sandbox.traffic.places import Place, hideout, ipv4
from idp.sandbox.traffic.town import HALL, TAX
from idp.sandbox.traffic.visits import fetch, signed_in
from idp.sandbox.traffic.waiting import Waits, try_password

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HITS = 0.015
"""Of leaked pairs that still work."""
UNKNOWN = 0.45
"""Of leaked numbers without an account here."""


def credential_stuffing(plot: Plot) -> None:
    """Each pair once, a fresh browser each time. Whoever got in reads what the portal shows."""
    tries, takes, addresses = {
        Intensity.LOUD: (700, HOUR * 2 / 3, 1),
        Intensity.SLOW: (230, HOUR * 5, 1),
        Intensity.DISTRIBUTED: (400, HOUR * 1.5, 80),
        Intensity.LOW: (90, DAY * 6, 60),
    }[plot.intensity]
    pool = _addresses(plot, addresses)
    waits = Waits()
    for number, at in enumerate(plot.times(tries, takes)):
        who = plot.town.anybody(plot.draws)
        person_id = None if plot.draws.chance(UNKNOWN) else who.person_id
        account = person_id or plot.draws.short()
        _try(plot, waits, at, pool[number % len(pool)], account, person_id, HITS)


def spraying(plot: Plot) -> None:
    """A list of real numbers and one password for all of them; some hours later the next password."""
    people, rounds, pause, takes, addresses = {
        Intensity.LOUD: (45, 3, HOUR * 1.2, HOUR / 3, 1),
        Intensity.SLOW: (60, 3, HOUR * 6, HOUR * 3, 1),
        Intensity.DISTRIBUTED: (150, 2, HOUR * 4, HOUR, 50),
        Intensity.LOW: (40, 2, DAY * 3, DAY * 2, 40),
    }[plot.intensity]
    pool, victims, waits = _addresses(plot, addresses), plot.town.some(plot.draws, people), Waits()
    begin = plot.beginning(pause * (rounds - 1) + takes)
    for number in range(rounds):
        first = begin + pause * number
        for index, at in enumerate(plot.draws.evenly(len(victims), first, first + takes)):
            who = victims[index]
            _try(plot, waits, at, pool[index % len(pool)], who.person_id, who.person_id, 0.01)


def _try(
    plot: Plot, waits: Waits, at: datetime, address: str, account: str, person_id: str | None, hits: float
) -> None:
    script = plot.script(at, address, plot.draws.digest())
    is_right = person_id is not None and plot.draws.chance(hits)
    to = plot.draws.choice((HALL, TAX))
    if try_password(waits, script, account, person_id, to.client_id, is_right=is_right) and person_id:
        signed_in(plot.draws, person_id, script, TAX, "password")
        fetch(plot.draws, person_id, script, TAX)
        plot.about("person", person_id)


def _addresses(plot: Plot, count: int) -> list[str]:
    draws = plot.draws
    if count == 1 and plot.intensity is Intensity.LOUD and plot.kind == "credential_stuffing":
        found = [ipv4(draws, Place.ABROAD)]
    elif count == 1:
        found = [hideout(draws, Place.ABROAD)]
    else:  # other people's machines, most of them abroad
        places = draws.choices((Place.ABROAD, Place.OTHER_CITY, Place.TOWN), (0.6, 0.3, 0.1), k=count)
        found = [hideout(draws, place) for place in places]
    for address in found:
        plot.about("address", address)
    return found
