"""Accounts that are used by two: a stolen password, a stolen refresh token."""

from datetime import timedelta

from idp.audit.events.protocol import GrantEnded
from idp.sandbox.traffic.attacks.planting import Intensity, Plot
from idp.sandbox.traffic.places import Place, hideout
from idp.sandbox.traffic.town import BUSES, HALL, HEALTH, TAX
from idp.sandbox.traffic.visits import fetch, signed_in

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def impossible_travel(plot: Plot) -> None:
    """The victim at home, and a stranger's browser soon after it far away. Low: the stranger has rented an
    address in the victim's own town."""
    place, victims, apart = {
        Intensity.LOUD: (Place.ABROAD, 6, timedelta(minutes=20)),
        Intensity.SLOW: (Place.ABROAD, 4, HOUR * 3),
        Intensity.DISTRIBUTED: (Place.OTHER_CITY, 6, timedelta(minutes=25)),
        Intensity.LOW: (Place.TOWN, 4, timedelta(minutes=40)),
    }[plot.intensity]
    draws = plot.draws
    for who in plot.town.some(draws, victims):
        begin = plot.beginning(apart + HOUR)
        at_home = plot.script(begin, who.home, who.phone)
        signed_in(draws, who.person_id, at_home, HALL, who.method)
        fetch(draws, who.person_id, at_home, HALL)
        address = hideout(draws, place)
        away = plot.script(begin + apart * draws.uniform(0.8, 1.2), address, draws.digest())
        signed_in(draws, who.person_id, away, TAX, "password")
        fetch(draws, who.person_id, away, TAX)
        plot.about("person", who.person_id)


def refresh_reuse(plot: Plot) -> None:
    """Tokens taken from an app's storage, shown after the app itself has gone on."""
    grants, takes = {
        Intensity.LOUD: (14, HOUR),
        Intensity.SLOW: (12, HOUR * 20),
        Intensity.DISTRIBUTED: (16, HOUR * 4),
        Intensity.LOW: (2, DAY * 8),
    }[plot.intensity]
    draws = plot.draws
    to = draws.choice((BUSES, HEALTH))
    plot.about("client", to.client_id)
    thief = hideout(draws, Place.ABROAD)
    for at, who in zip(plot.times(grants, takes), plot.town.some(draws, grants), strict=False):
        address = hideout(draws, Place.ABROAD) if plot.intensity is Intensity.DISTRIBUTED else thief
        script = plot.script(at, address)
        # A public app's: whoever calls the token endpoint is the one who holds the token.
        script.says_outside(GrantEnded(to.client_id, draws.digest(), "refresh-token-reused", who.person_id))
        plot.about("person", who.person_id)
        plot.about("address", address)
