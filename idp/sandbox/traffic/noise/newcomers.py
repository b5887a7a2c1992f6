"""People who open an account: most can, some cannot, and come with their card to a window."""

from collections.abc import Iterator

from idp.audit.events.credentials import SmsCodeSent
from idp.audit.events.people import (
    ActivationCodeMade,
    ActivationCodeUsed,
    BindingTried,
    EnrolmentRefused,
    EnrolmentStarted,
    PersonEnrolled,
)
from idp.sandbox.traffic.draws import Draws
from idp.sandbox.traffic.happenings import Script
from idp.sandbox.traffic.places import Place, ipv4, ipv6
from idp.sandbox.traffic.rhythm import Span, at_hour
from idp.sandbox.traffic.town import Town

REFUSALS = ("name_differs", "not_confirmed", "not_in_register")


def enrolments(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """A few each day, at home."""
    for day in span.days:
        for at in draws.moments(draws.count(max(2, town.size / 150)), at_hour(day, 8), at_hour(day, 22)):
            script = Script(draws, at, ipv6(draws, Place.TOWN), draws.digest())
            _enrol(draws, script, refused=0.12)
            yield script


def enrolment_day(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """A committee of the quarter helps forty of its old people on a Thursday, all at its own address; the
    register has another name, or another telephone, of one in six."""
    day = next((day for day in span.days if day.weekday() == 3), None)
    if day is None:
        return
    address = ipv4(Draws(town.seed, "committee"), Place.TOWN)
    tablets = [draws.digest() for _ in range(3)]
    for number, at in enumerate(draws.moments(40, at_hour(day, 9), at_hour(day, 16))):
        script = Script(draws, at, address, tablets[number % len(tablets)])
        _enrol(draws, script, refused=0.17)
        yield script


def _enrol(draws: Draws, script: Script, *, refused: float) -> None:
    script.begins()
    script.says(SmsCodeSent("enrolment"))
    script.waits(20, 90)
    script.says(EnrolmentStarted("enrol"))
    way = draws.choices(("face", "register_phone", "activation_code"), (0.5, 0.3, 0.2))[0]
    script.waits(20, 120)
    script.says(BindingTried(way))
    script.waits(20, 120)
    if draws.chance(refused):
        script.says(EnrolmentRefused(draws.choice(REFUSALS)))
        return
    person_id = draws.uuid(script.at)
    if way == "activation_code":
        code_id = draws.uuid(script.at)
        script.worker_says(ActivationCodeMade(None, code_id), after_seconds=-3600)
        script.says(ActivationCodeUsed(None, code_id))
    script.says(PersonEnrolled(person_id, 2, way))
