"""People who are in two places soon after each other, and nobody stole anything."""

from collections.abc import Iterator
from datetime import timedelta

from idp.sandbox.traffic.draws import Draws
from idp.sandbox.traffic.happenings import Script
from idp.sandbox.traffic.places import Place, ipv4, ipv6
from idp.sandbox.traffic.rhythm import Span, at_hour
from idp.sandbox.traffic.town import HALL, TAX, Town
from idp.sandbox.traffic.visits import fetch, signed_in

FLIGHTS = ((Place.OTHER_CITY, 3.5), (Place.ABROAD, 14.0))
"""Hours from the sign-in before the flight to the one after it: none is quicker."""


def plane(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """One traveller a day, with the same telephone at both ends."""
    for day in span.days:
        who, (place, hours) = town.anybody(draws), draws.choices(FLIGHTS, (0.8, 0.2))[0]
        begin = at_hour(day, draws.uniform(6, 10))
        for at, address in (
            (begin, who.home),
            (begin + timedelta(hours=hours + draws.uniform(0, 2)), ipv4(draws, place)),
        ):
            script = Script(draws, at, address, who.phone, interaction_id=draws.short())
            signed_in(draws, who.person_id, script, HALL, who.method)
            fetch(draws, who.person_id, script, HALL)
            yield script


def carrier(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """Some telephones' networks let them out in another city: at home and there within minutes, each day,
    with a telephone and a computer that both have always been theirs."""
    people = [one for one in town.some(draws, 30) if one.computer is not None][:3]
    out = {one.person_id: ipv6(draws, Place.OTHER_CITY) for one in people}
    for day in span.days:
        for who in people:
            begin = at_hour(day, draws.uniform(12, 21))
            both = [(who.home, who.computer), (out[who.person_id], who.phone)]
            draws.shuffle(both)
            for number, (address, device) in enumerate(both):
                at = begin + timedelta(minutes=number * draws.uniform(5, 40))
                script = Script(draws, at, address, device, interaction_id=draws.short())
                signed_in(draws, who.person_id, script, TAX, who.method)
                fetch(draws, who.person_id, script, TAX)
                yield script
