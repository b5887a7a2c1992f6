"""The choice of a way to show that one is here now. Each way counts the same."""

from flask import Response

from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.login.room import blueprint
from idp.login.services import login_services
from idp.login.visits import Visit, current_visit, decided, page
from idp.oidc.levels import PRESENT
from idp.oidc.next_step import Step
from idp.people import directory
from idp.people.enrolment import AGE_OF_FACES
from idp.people.models import Person
from idp.people.resident_number import completed_years
from idp.sessions import SignIn

FOR_PRESENCE = "presence"


@blueprint.get("/login/presence")
def presence() -> Response:
    visit = current_visit()
    stand = decided(visit)
    if stand.step is not Step.PRESENCE or stand.sign_in is None:
        return visit.lead_on()
    return presence_page(visit, stand.sign_in)


def presence_page(visit: Visit, signed_in: SignIn, *, status: int = 200, **shown: object) -> Response:
    with reading() as session:
        person = directory.find_by_id(session, signed_in.person_id)
    if person is None:
        return visit.lead_on()
    licence_url = visit.url("login.licence") if login_services().licences.are_offered else None
    if visit.level_asked > PRESENT:
        # Only a certificate whose key is in hardware reaches it.
        return page(
            "login/presence.html", visit, status=status, licence_url=licence_url, certified=True, **shown
        )
    problem = face_problem(person)
    return page(
        "login/presence.html",
        visit,
        status=status,
        face_url=visit.url("login.face") if problem is None else None,
        face_unavailable=problem,
        passkey={
            "options_url": visit.url("login.passkey_options"),
            "action": visit.url("login.passkey_sign_in", **{"for": FOR_PRESENCE}),
        },
        activation_url=visit.url("login.activation"),
        window_url=visit.window_url,
        licence_url=licence_url,
        **shown,
    )


def face_problem(person: Person) -> str | None:
    """Why a face is no way for this person now, in words; None when it is one."""
    born = person.birth_date
    today = directory.day_in_china(services().clock())
    if born is not None and completed_years(born, today) < AGE_OF_FACES:
        return _("No face is processed of a person under 14. The other ways are open.")
    if not login_services().faces.is_available():
        return _("The face check is out of service just now. The other ways are open.")
    return None
