"""Many people behind one address, or at one machine."""

from collections.abc import Iterator
from datetime import timedelta

from idp.audit.events.credentials import SmsCodeSent
from idp.sandbox.traffic.draws import Draws
from idp.sandbox.traffic.happenings import Script
from idp.sandbox.traffic.places import Place, ipv4
from idp.sandbox.traffic.rhythm import Span, at_hour, is_workday
from idp.sandbox.traffic.town import BUSES, HALL, SCHOOLS, TAX, Town
from idp.sandbox.traffic.visits import fetch, sign_out, signed_in
from idp.sandbox.traffic.waiting import refuse

SCHOOL_GATEWAY = "10.30.0.1"


def school_lesson(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """Once a week a class signs in within a lesson, at machines that are wiped each night; many do not know
    their password."""
    for day in span.days:
        if day.weekday() != 2:
            continue
        for pupil in town.some(draws, 36):
            device = draws.digest()
            at = at_hour(day, 10) + timedelta(minutes=draws.uniform(0, 12))
            script = Script(draws, at, SCHOOL_GATEWAY, device, interaction_id=draws.short())
            for _ in range(draws.choices((0, 1, 2, 3), (0.5, 0.25, 0.15, 0.1))[0]):
                # A number typed wrong is often nobody's.
                person_id = None if draws.chance(0.4) else pupil.person_id
                typed = person_id or draws.short()
                refuse(script, "password", typed, person_id, SCHOOLS.client_id)
                script.waits(8, 40)
            signed_in(draws, pupil.person_id, script, SCHOOLS, "password")
            fetch(draws, pupil.person_id, script, SCHOOLS)
            yield script


def internet_cafe(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """Four machines whose browsers keep their cookies, all day, behind one address; people sign out."""
    address = ipv4(Draws(town.seed, "cafe"), Place.TOWN)
    machines = [Draws(town.seed, "cafe", number).digest() for number in range(4)]
    for day in span.days:
        for machine in machines:
            at = at_hour(day, 9.5)
            while at < at_hour(day, 22):
                guest = town.anybody(draws)
                script = Script(draws, at, address, machine, interaction_id=draws.short())
                to = draws.choice((HALL, TAX, BUSES))
                if draws.chance(0.25):
                    refuse(script, "password", guest.person_id, guest.person_id, to.client_id)
                    script.waits(10, 40)
                session_id = signed_in(draws, guest.person_id, script, to, "password")
                fetch(draws, guest.person_id, script, to)
                script.waits(200, 1500)
                if draws.chance(0.85):
                    sign_out(draws, guest.person_id, script, to, session_id)
                yield script
                at = script.at + draws.seconds(600, 5400)


def village_helper(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """Before pensions are paid somebody signs a dozen old neighbours in with one telephone, one evening."""
    device, home = Draws(town.seed, "helper").digest(), ipv4(Draws(town.seed, "helper"), Place.TOWN)
    days = [day for day in span.days if is_workday(day)]
    if not days:
        return
    at = at_hour(days[len(days) // 3], 18.5)
    for neighbour in town.some(draws, 11):
        script = Script(draws, at, home, device, interaction_id=draws.short())
        script.says(SmsCodeSent("sign_in"))
        script.waits(30, 120)
        if draws.chance(0.3):
            refuse(script, "sms", neighbour.person_id, neighbour.person_id, HALL.client_id)
            script.waits(20, 60)
        session_id = signed_in(draws, neighbour.person_id, script, HALL, "sms")
        fetch(draws, neighbour.person_id, script, HALL)
        script.waits(60, 240)
        sign_out(draws, neighbour.person_id, script, HALL, session_id)
        yield script
        at = script.at + draws.seconds(120, 420)
