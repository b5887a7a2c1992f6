"""The service hall: one clerk and many people, one terminal and many people."""

from collections.abc import Iterator
from datetime import datetime

from idp.audit.events.decoupled import (
    AuthorizationApproved,
    AuthorizationDenied,
    AuthorizationRequested,
    UserCodeRefused,
)
from idp.audit.events.protocol import TokenIssued
from idp.audit.events.staff import StaffSignedIn, StaffSignedOut
from idp.audit.events.window import (
    WindowAnswered,
    WindowCodeRefused,
    WindowCodeShown,
    WindowCodeTaken,
    WindowPersonOffered,
    WindowPersonRefused,
    WindowSignIn,
)
from idp.sandbox.traffic.draws import Draws
from idp.sandbox.traffic.happenings import Script
from idp.sandbox.traffic.places import HALL_GATEWAY
from idp.sandbox.traffic.rhythm import Span, at_hour, is_workday
from idp.sandbox.traffic.town import HALL, KIOSK, Officer, Town

WINDOWS = 3


def busy_window(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """Clerks who help somebody every few minutes from nine to five."""
    tablets = [Draws(town.seed, "tablet", number).digest() for number in range(WINDOWS)]
    for day in span.days:
        if not is_workday(day):
            continue
        for clerk, tablet in zip(town.clerks, tablets, strict=False):
            at = at_hour(day, 8.8)
            work = Script(draws, at, clerk.address, clerk.device, actor=clerk.staff_id)
            session_id = draws.digest()
            work.says(StaffSignedIn(clerk.staff_id, ("passkey",), session_id))
            yield work
            at = at_hour(day, 9)
            while at < at_hour(day, 17):
                for script in _helped(town, draws, clerk, tablet, at):
                    yield script
                    at = script.at
                at += draws.seconds(60, 700)
            work = Script(draws, at_hour(day, 17.2), clerk.address, clerk.device, actor=clerk.staff_id)
            work.says(StaffSignedOut(clerk.staff_id, session_id))
            yield work


def kiosk(town: Town, draws: Draws, span: Span) -> Iterator[Script]:
    """Terminals show a QR code; people answer with their own telephones, some say no, some let it run out."""
    for day in span.days:
        if not is_workday(day):
            continue
        for at in draws.moments(max(20, min(120, town.size // 20)), at_hour(day, 9), at_hour(day, 17)):
            grant_id, who = draws.digest(), town.anybody(draws)
            terminal = Script(draws, at, HALL_GATEWAY)
            terminal.says_outside(AuthorizationRequested(KIOSK.client_id, "device", KIOSK.scopes, grant_id))
            phone = Script(draws, at, who.carrier, who.phone, interaction_id=draws.short())
            phone.waits(15, 90)
            kind = draws.random()
            if kind < 0.05:
                phone.says(UserCodeRefused(0))
                phone.waits(5, 20)
            if kind < 0.88:
                approved = AuthorizationApproved(
                    KIOSK.client_id, who.person_id, "device", KIOSK.scopes, 2, grant_id
                )
                phone.says(approved)
                terminal.at = phone.at + draws.seconds(1, 5)
                issued = TokenIssued(
                    *(KIOSK.client_id, who.person_id, "urn:ietf:params:oauth:grant-type:device_code"),
                    *(KIOSK.scopes, grant_id, draws.short()),
                )
                terminal.says_outside(issued)
            elif kind < 0.92:
                denied = AuthorizationDenied(KIOSK.client_id, who.person_id, "device", "refused", grant_id)
                phone.says(denied)
            yield terminal
            yield phone


def _helped(town: Town, draws: Draws, clerk: Officer, tablet: str, at: datetime) -> Iterator[Script]:
    who = town.anybody(draws)
    screen = Script(draws, at, HALL_GATEWAY, tablet, interaction_id=draws.short())
    screen.says(WindowCodeShown(HALL.client_id, 3))
    work = Script(draws, at, clerk.address, clerk.device, actor=clerk.staff_id)
    work.waits(10, 30)
    if draws.chance(0.05):
        work.says(WindowCodeRefused(clerk.staff_id, "unknown"))
        work.waits(5, 15)
    work.says(WindowCodeTaken(clerk.staff_id, HALL.client_id, 3))
    work.waits(20, 90)
    if draws.chance(0.07):
        work.says(WindowPersonRefused(clerk.staff_id, "unknown", None, HALL.client_id))
        work.waits(20, 60)
    work.says(WindowPersonOffered(clerk.staff_id, who.person_id, HALL.client_id, "id_card"))
    screen.at = work.at + draws.seconds(5, 30)
    screen.says(WindowAnswered(clerk.staff_id, who.person_id, HALL.client_id, "confirmed"))
    screen.says(WindowSignIn(clerk.staff_id, who.person_id, HALL.client_id, "id_card", 3))
    yield work
    yield screen
