"""One person's bad day, or one program's."""

from collections.abc import Iterator

from idp.audit.events.backchannel import BackchannelReported
from idp.audit.events.credentials import PasswordChanged, RecoveryCompleted
from idp.audit.events.decoupled import AuthorizationDenied
from idp.audit.events.licence_app import LicenceRequestRefused
from idp.audit.events.protocol import CodeReplayed, GrantEnded
from idp.sandbox.traffic import faces
from idp.sandbox.traffic.draws import Draws
from idp.sandbox.traffic.happenings import Script
from idp.sandbox.traffic.places import neighbour
from idp.sandbox.traffic.rhythm import Span, at_hour
from idp.sandbox.traffic.town import BUSES, HALL, HEALTH, KIOSK, TAX, Town
from idp.sandbox.traffic.visits import fetch, signed_in
from idp.sandbox.traffic.waiting import delay, refuse

TRIES = 10


def grandmother(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """Ten face checks that fail, at home, each time for a reason of light, pace or spectacles; then her
    grandson comes, and it goes well. One every third day."""
    for day in span.days[::3]:
        she = next(one for one in iter(lambda: town.anybody(draws), None) if one.computer is None)
        script = Script(draws, at_hour(day, draws.uniform(14, 19)), she.home, she.phone)
        script.begins()
        signed_in(draws, she.person_id, script, HALL, "password")
        for number in range(TRIES):
            script.waits(45, 150)
            reason = draws.choice(("quality", "quality", "too_slow", "wrong_order", "match", "one_face"))
            script.says(faces.refused(draws, she.person_id, reason))
            if number == TRIES // 2:
                script.waits(600, 1500)
        script.says(faces.refused(draws, she.person_id, faces.TOO_MANY_TRIES))
        script.waits(3700, 7200)
        script.says(faces.checked(draws, she.person_id))
        fetch(draws, she.person_id, script, HALL)
        yield script


def forgotten_password(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """Each day some try whatever they can remember, wait, and get the account back another way."""
    for day in span.days:
        for _ in range(max(1, town.size // 400)):
            he = town.anybody(draws)
            script = Script(draws, at_hour(day, draws.uniform(8, 22)), he.home, he.phone)
            script.begins()
            for number in range(draws.randint(5, 9)):
                if number > 5:
                    delay(script, "password", 2 ** (number - 6), he.person_id)
                    script.waits(2, 20)
                refuse(script, "password", he.person_id, he.person_id, HALL.client_id)
                script.waits(6, 40)
            script.waits(60, 400)
            script.says(RecoveryCompleted(he.person_id, "register_phone", 2))
            script.says(PasswordChanged(he.person_id, "recovery"))
            signed_in(draws, he.person_id, script, HALL, "password")
            fetch(draws, he.person_id, script, HALL)
            yield script


def restored_phone(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """A telephone was restored from its backup, and shows a refresh token of before."""
    for day in span.days[1::5]:
        who = town.anybody(draws)
        script = Script(draws, at_hour(day, draws.uniform(9, 21)), neighbour(draws, who.carrier), who.phone)
        ended = GrantEnded(BUSES.client_id, draws.digest(), "refresh-token-reused", who.person_id)
        script.server_says(ended, BUSES.server)
        script.waits(20, 90)
        script.begins()
        signed_in(draws, who.person_id, script, BUSES, who.method)
        fetch(draws, who.person_id, script, BUSES)
        yield script


def sent_twice(_town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """A portal's server gave up waiting, and sent the same code again."""
    for day in span.days[::4]:
        to = draws.choice((HALL, TAX, HEALTH))
        script = Script(draws, at_hour(day, draws.uniform(9, 21)), to.server)
        script.server_says(CodeReplayed(to.client_id, draws.digest()), to.server)
        yield script


def unasked_requests(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """Somebody presses the wrong button of the three, now and then."""
    for day in span.days[::2]:
        who = town.anybody(draws)
        script = Script(draws, at_hour(day, draws.uniform(9, 21)), who.home, who.phone)
        event = draws.choice(
            (
                LicenceRequestRefused("declined", TAX.client_id),
                LicenceRequestRefused("digits", TAX.client_id),
                LicenceRequestRefused("not_mine", TAX.client_id),
                AuthorizationDenied(KIOSK.client_id, who.person_id, "device", "refused", draws.digest()),
                BackchannelReported(HEALTH.client_id, who.person_id, draws.digest(), 7),
            )
        )
        script.says(event)
        yield script
