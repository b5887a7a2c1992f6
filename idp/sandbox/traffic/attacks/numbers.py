"""Trying numbers out, and holding other people's accounts."""

from datetime import timedelta

from idp.audit.events.credentials import SmsCodeSent
from idp.audit.events.people import EnrolmentRefused, EnrolmentStarted
from idp.sandbox.traffic.attacks.planting import Intensity, Plot
from idp.sandbox.traffic.places import Place, hideout, neighbour
from idp.sandbox.traffic.town import HALL, HEALTH
from idp.sandbox.traffic.visits import fetch, signed_in
from idp.sandbox.traffic.waiting import Waits, delay, refuse, try_password

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def many_numbers_address(plot: Plot) -> None:
    """Numbers counted up, to learn which have an account: most are nobody's. Some are tried at enrolment."""
    tries, takes, addresses = {
        Intensity.LOUD: (500, HOUR / 2, 1),
        Intensity.SLOW: (200, HOUR * 5, 1),
        Intensity.DISTRIBUTED: (300, HOUR, 60),
        Intensity.LOW: (60, DAY * 5, 40),
    }[plot.intensity]
    draws, waits = plot.draws, Waits()
    pool = plot.addresses(addresses, Place.ABROAD)
    for number, at in enumerate(plot.times(tries, takes)):
        script = plot.script(at, pool[number % len(pool)], draws.digest())
        if draws.chance(0.1):
            script.says(EnrolmentStarted("enrol"))
            script.waits(5, 20)
            script.says(EnrolmentRefused("not_in_register"))
            continue
        person_id = plot.town.anybody(draws).person_id if draws.chance(0.1) else None
        account = person_id or draws.short()
        try_password(waits, script, account, person_id, HALL.client_id, is_right=False)


def many_numbers_device(plot: Plot) -> None:
    """One browser that keeps its cookie, on a telephone whose address changes with each request."""
    tries, takes = {
        Intensity.LOUD: (80, HOUR),
        Intensity.SLOW: (60, HOUR * 16),
        Intensity.DISTRIBUTED: (60, HOUR * 3),
        Intensity.LOW: (24, DAY * 7),
    }[plot.intensity]
    draws, waits, device = plot.draws, Waits(), plot.draws.digest()
    plot.about("device", device)
    home = hideout(draws, Place.OTHER_CITY)
    for at in plot.times(tries, takes):
        # Distributed: through other people's machines, which the browser does not know of.
        address = (
            hideout(draws, Place.ABROAD)
            if plot.intensity is Intensity.DISTRIBUTED
            else neighbour(draws, home)
        )
        script = plot.script(at, address, device)
        who = plot.town.anybody(draws)
        person_id = who.person_id if draws.chance(0.5) else None
        account = person_id or draws.short()
        if seconds := waits.seconds(script.at, account, script.address, device):
            delay(script, "sms", seconds, account)
            continue
        script.says(SmsCodeSent("sign_in"))
        script.waits(5, 30)
        refuse(script, "sms", account, person_id, HEALTH.client_id)


def device_many_people(plot: Plot) -> None:
    """Bought accounts on one telephone: each signs in, is used, and stays signed in until the next one."""
    people, takes = {
        Intensity.LOUD: (60, HOUR * 5),
        Intensity.SLOW: (60, DAY * 2),
        Intensity.DISTRIBUTED: (60, HOUR * 8),
        Intensity.LOW: (12, DAY * 10),
    }[plot.intensity]
    draws = plot.draws
    farm = [draws.digest() for _ in range(12 if plot.intensity is Intensity.DISTRIBUTED else 1)]
    home = hideout(draws, Place.OTHER_CITY)
    for device in farm:
        plot.about("device", device)
    plot.about("address", home)
    times = plot.times(people, takes)
    for number, (at, who) in enumerate(zip(times, plot.town.some(draws, people), strict=False)):
        script = plot.script(at, home, farm[number % len(farm)])
        signed_in(draws, who.person_id, script, HEALTH, "password")
        fetch(draws, who.person_id, script, HEALTH)
