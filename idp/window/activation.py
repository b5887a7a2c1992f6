"""An activation code for somebody whose card a clerk has seen: made from the pages of the window."""

from dataclasses import dataclass
from enum import StrEnum

from idp.audit import log as audit
from idp.audit.events.window import WindowActivationRefused, WindowLedToEnrolment
from idp.extensions import services, transaction
from idp.locales import gettext as _
from idp.login.services import login_services
from idp.people import directory
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import context
from idp.staff_pages.room import staff_services
from idp.window import telling
from idp.window.helping import Help
from idp.window.naming import is_own

HOUR = 3600


class Why(StrEnum):
    """Why no code was made."""

    OWN = "own"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True, repr=False)
class Made:
    """A code, shown this once, and the days that it is good for; or `why` there is none."""

    code: str = ""
    days: int = 0
    why: Why | None = None


def make(clerk: StaffSignIn, number: str) -> Made:
    """`number`: as `documents.identify` gives it. The event says which clerk, and whose account if any."""
    found = services()
    settings = found.settings
    per_hour = settings.staff.activation_codes_per_hour
    if not found.throttle.allow(f"window activation codes {clerk.staff_id}", per_hour, HOUR):
        found.audit.append(WindowActivationRefused(clerk.staff_id, Why.TOO_MANY.value), context())
        return Made(why=Why.TOO_MANY)
    with transaction() as session:
        person = directory.find_by_number(session, found.index, number)
        if is_own(session, staff_services().accounts, clerk.staff_id, number, person):
            audit.record(session, WindowActivationRefused(clerk.staff_id, Why.OWN.value), context=context())
            return Made(why=Why.OWN)
        code = login_services().activation_codes.make(
            session,
            number,
            made_by=clerk.staff_id,
            days=settings.messages.activation_code_days,
            context=context(),
            person_id=None if person is None else person.id,
        )
        if person is not None:
            telling.of_activation_code(session, person, clerk, found.clock())
    return Made(code, settings.messages.activation_code_days)


def note_led(clerk: StaffSignIn, asked: Help) -> None:
    event = WindowLedToEnrolment(clerk.staff_id, asked.client_id)
    services().audit.append(event, context(asked.interaction_id))


def words(why: Why) -> str:
    if why is Why.OWN:
        return _("This is your own card. A colleague has to help you.")
    return _("You have made as many codes as one clerk may in an hour. A colleague can go on.")
