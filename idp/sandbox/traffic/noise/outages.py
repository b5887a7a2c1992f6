"""When something of ours, or of a portal's, is broken: failures by the hundred, and nobody's fault."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from idp.audit.events.licences import LicenceRefused
from idp.audit.events.people import RegisterUnavailable
from idp.audit.events.protocol import AuthorizationRefused, TokenRefused
from idp.sandbox.traffic import faces
from idp.sandbox.traffic.draws import Draws
from idp.sandbox.traffic.happenings import Script
from idp.sandbox.traffic.rhythm import Span, at_hour, is_workday
from idp.sandbox.traffic.town import AUTHORITY, HALL, SCHOOLS, TAX, Town
from idp.sandbox.traffic.visits import WRONG_ADDRESS, reference, signed_in


def wrong_release(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """A portal's release asks to be answered at an address that nobody registered, and for a scope that it
    never had, until it is taken back two hours later; each failure is of another browser, some try twice."""
    begin = _office_hour(span, 0.4, 17.5)
    if begin is None:
        return
    for at in draws.moments(max(40, town.size // 8), begin, begin + timedelta(hours=2)):
        who = town.anybody(draws)
        script = Script(draws, at, who.home, who.phone)
        for _ in range(draws.randint(1, 2)):
            if draws.chance(0.7):
                script.says(AuthorizationRefused(SCHOOLS.client_id, "invalid_request", WRONG_ADDRESS))
            else:
                refused = AuthorizationRefused(SCHOOLS.client_id, "invalid_scope", reference(draws))
                script.says_outside(refused)
            script.waits(3, 30)
        yield script
    # And its server does not know its new secret for a while.
    for at in draws.moments(25, begin, begin + timedelta(minutes=20)):
        script = Script(draws, at, SCHOOLS.server)
        script.server_says(TokenRefused(None, "invalid_client", reference(draws)), SCHOOLS.server)
        yield script


def silent_register(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """The population register is silent for forty minutes of a morning: nobody's face can be compared."""
    begin = _office_hour(span, 0.6, 9.6)
    if begin is None:
        return
    for at in draws.moments(max(25, town.size // 12), begin, begin + timedelta(minutes=40)):
        who = town.anybody(draws)
        script = Script(draws, at, who.home, who.phone)
        script.begins()
        signed_in(draws, who.person_id, script, HALL, "password")
        for _ in range(draws.randint(1, 2)):
            script.waits(20, 60)
            if draws.chance(0.5):
                script.says(RegisterUnavailable("presence"))
            else:
                script.says(faces.refused(draws, who.person_id, faces.REGISTER_SILENT))
        yield script


def expired_licences(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """A few licences have run out at each day, as they do, and their holders try twice."""
    for day in span.days:
        if not is_workday(day):
            continue
        for _ in range(draws.randint(0, 2)):
            who = town.anybody(draws)
            script = Script(draws, at_hour(day, draws.uniform(9, 17)), who.office or who.home, who.phone)
            script.begins()
            licence = draws.hexadecimal()
            for _try in range(draws.randint(1, 2)):
                rule = draws.choice(("validity", "holder", "organisation"))
                script.says(LicenceRefused(rule, "usb_key", TAX.client_id, licence, issuer=AUTHORITY))
                script.waits(30, 120)
            yield script


def _office_hour(span: Span, part: float, hour: float) -> datetime | None:
    days = [day for day in span.days if is_workday(day)]
    return at_hour(days[int(len(days) * part)], hour) if days else None
