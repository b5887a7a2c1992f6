"""The desk's own work, and the operator's own attack."""

from collections.abc import Iterator
from datetime import timedelta

from idp.audit.events.desk import PersonUnmasked, SecurityViewed
from idp.audit.events.reading import AuditSearched
from idp.audit.events.staff import StaffSignedIn, StaffSignedOut, StaffSignInRefused
from idp.sandbox.traffic.draws import Draws
from idp.sandbox.traffic.happenings import DRILL, Script
from idp.sandbox.traffic.places import OPERATORS_NETWORK
from idp.sandbox.traffic.rhythm import Span, at_hour, is_workday
from idp.sandbox.traffic.town import HALL, Town
from idp.sandbox.traffic.waiting import Waits, try_password


def casework(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """Officers look at people for their cases all day; now and then at one before the case is open."""
    for day in span.days:
        if not is_workday(day):
            continue
        for officer in town.officers[:4]:
            at = at_hour(day, draws.uniform(8.4, 9))
            script = Script(draws, at, officer.address, officer.device, actor=officer.staff_id)
            session_id = draws.digest()
            for _ in range(draws.choices((0, 1, 2, 3), (0.8, 0.12, 0.06, 0.02))[0]):
                script.says_outside(StaffSignInRefused("wrong", "password_and_totp", officer.staff_id))
                script.waits(8, 40)
            script.says(StaffSignedIn(officer.staff_id, ("passkey",), session_id))
            script.waits(5, 60)
            script.says(SecurityViewed("overview"))
            while script.at < at_hour(day, 17):
                case_id = draws.uuid(script.at)
                script.waits(120, 1200)
                script.says(SecurityViewed("alert", subject=draws.uuid(script.at)))
                for who in town.some(draws, draws.randint(1, 6)):
                    script.waits(20, 240)
                    known = None if draws.chance(0.04) else case_id
                    script.says(SecurityViewed("person", person_id=who.person_id, case_id=known))
                    if draws.chance(0.05):
                        script.waits(10, 60)
                        script.says(PersonUnmasked(who.person_id, "inquiry", "masked", case_id=known))
                    if draws.chance(0.3):
                        script.waits(5, 60)
                        rows = draws.randint(0, 40)
                        script.says(AuditSearched(("person", "from"), rows, who.person_id, case_id=known))
                script.waits(600, 4000)
            script.says(StaffSignedOut(officer.staff_id, session_id))
            yield script


def large_case(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """After a portal was attacked an officer looks at everybody whom it may have hit: fifty in a day."""
    days = [day for day in span.days if is_workday(day)]
    if not days:
        return
    officer, at = town.officers[0], at_hour(days[len(days) // 2], 9.2)
    script = Script(draws, at, officer.address, officer.device, actor=officer.staff_id)
    case_id = draws.uuid(at)
    for who in town.some(draws, 50):
        script.waits(90, 800)
        script.says(SecurityViewed("person", person_id=who.person_id, case_id=case_id))
    yield script


def own_test(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """The operator attacks its own provider on a Saturday, from its own network: the desk may be told of it,
    and knows of it. Only accounts of its own are tried."""
    saturday = next((day for day in span.days if day.weekday() == 5), None)
    if saturday is None:
        return
    waits, accounts = Waits(), town.some(draws, 5)
    begin = at_hour(saturday, 10)
    script = Script(draws, begin, f"{OPERATORS_NETWORK}5", plant=DRILL)
    while script.at < begin + timedelta(minutes=50):
        script.device = draws.digest()
        script.begins()
        who = draws.choice(accounts)
        try_password(waits, script, who.person_id, who.person_id, HALL.client_id, is_right=False)
        script.waits(5, 25)
    yield script
