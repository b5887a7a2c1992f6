"""Staff who look where they have nothing to look for."""

from datetime import timedelta

from idp.audit.events.desk import PersonUnmasked, SecurityViewed
from idp.audit.events.reading import AuditSearched
from idp.audit.events.window import WindowPersonRefused
from idp.sandbox.traffic.attacks.planting import Intensity, Plot
from idp.sandbox.traffic.town import HALL

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
    who = plot.insiders(officers, town.officers)
    known = town.victim(draws)
    for number, at in enumerate(plot.times(views, takes)):
        officer = who[number % len(who)]
        seen = known if plot.intensity is Intensity.LOW else town.anybody(draws)
        script = plot.script(at, officer.address, officer.device, actor=officer.staff_id)
        if draws.chance(0.3):
            script.says(AuditSearched(("person",), draws.randint(0, 60), seen.person_id))
            script.waits(3, 20)
        script.says(SecurityViewed("person", person_id=seen.person_id))
        plot.about("person", seen.person_id)


def clerk_searching(plot: Plot) -> None:
    """A clerk at a window tries names and numbers, though nobody stands there."""
    tries, takes, clerks = {
        Intensity.LOUD: (30, HOUR, 1),
        Intensity.SLOW: (28, HOUR * 8, 1),
        Intensity.DISTRIBUTED: (30, HOUR * 3, 3),
        Intensity.LOW: (8, DAY * 8, 1),
    }[plot.intensity]
    draws, town = plot.draws, plot.town
    who = plot.insiders(clerks, town.clerks)
    for number, at in enumerate(plot.times(tries, takes)):
        clerk = who[number % len(who)]
        script = plot.script(at, clerk.address, clerk.device, actor=clerk.staff_id)
        reason = draws.choices(("unknown", "name_differs"), (0.6, 0.4))[0]
        person_id = town.anybody(draws).person_id if reason == "name_differs" else None
        script.says(WindowPersonRefused(clerk.staff_id, reason, person_id, HALL.client_id))


def unmasking(plot: Plot) -> None:
    """An officer has names shown to whom no case leads."""
    shown, takes, officers = {
        Intensity.LOUD: (12, HOUR, 1),
        Intensity.SLOW: (10, HOUR * 9, 1),
        Intensity.DISTRIBUTED: (12, HOUR * 5, 3),
        Intensity.LOW: (3, DAY * 9, 1),
    }[plot.intensity]
    draws, town = plot.draws, plot.town
    who = plot.insiders(officers, town.officers)
    for number, (at, seen) in enumerate(zip(plot.times(shown, takes), town.some(draws, shown), strict=False)):
        officer = who[number % len(who)]
        script = plot.script(at, officer.address, officer.device, actor=officer.staff_id)
        script.says(SecurityViewed("person", person_id=seen.person_id))
        script.waits(5, 40)
        script.says(PersonUnmasked(seen.person_id, "inquiry", "full"))
        plot.about("person", seen.person_id)


def case_as_cover(plot: Plot) -> None:
    """A case that is kept open so that every look at somebody has one."""
    views, takes, officers = {
        Intensity.LOUD: (130, HOUR * 3, 1),
        Intensity.SLOW: (160, HOUR * 20, 1),
        Intensity.DISTRIBUTED: (150, HOUR * 6, 3),
        Intensity.LOW: (60, DAY * 9, 1),
    }[plot.intensity]
    draws, town = plot.draws, plot.town
    who = plot.insiders(officers, town.officers)
    times = plot.times(views, takes)
    case_id = draws.uuid(times[0])
    for number, (at, seen) in enumerate(zip(times, town.some(draws, views), strict=False)):
        officer = who[number % len(who)]
        script = plot.script(at, officer.address, officer.device, actor=officer.staff_id)
        script.says(SecurityViewed("person", person_id=seen.person_id, case_id=case_id))
