"""Staff who look where they have nothing to look for."""

from datetime import timedelta

from idp.audit.events import AuditSearched, SecurityViewed
from idp.sandbox.traffic.attacks.planting import Intensity, Plot
from idp.sandbox.traffic.town import Officer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def staff_snooping(plot: Plot) -> None:
    """Pages of people without a case: of everybody in a list, or again and again of one whom they know."""
    views, takes, officers = {
        Intensity.LOUD: (70, HOUR, 1),
        Intensity.SLOW: (60, HOUR * 9, 1),
        Intensity.DISTRIBUTED: (60, HOUR * 4, 3),
        Intensity.LOW: (9, DAY * 9, 1),
    }[plot.intensity]
    draws, town = plot.draws, plot.town
    who: list[Officer] = list(town.officers[-officers:])
    for officer in who:
        plot.about("staff", officer.staff_id)
    known = town.anybody(draws)
    for number, at in enumerate(plot.times(views, takes)):
        officer = who[number % len(who)]
        seen = known if plot.intensity is Intensity.LOW else town.anybody(draws)
        script = plot.script(at, officer.address, officer.device, actor=officer.staff_id)
        if draws.chance(0.3):
            script.says(AuditSearched(("person",), draws.randint(0, 60), seen.person_id))
            script.waits(3, 20)
        script.says(SecurityViewed("person", person_id=seen.person_id))
        plot.about("person", seen.person_id)
