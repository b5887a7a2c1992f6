"""People as members of one team see each other, and which of them everybody can be."""

from sqlalchemy.orm import Session

from idp.extensions import services
from idp.locales import gettext as _
from idp.people import directory
from idp.people.models import Person
from idp.people.sandbox.population import population


def name(session: Session, person_id: str) -> str:
    """Whole, as they work together. Of a closed account nothing is kept."""
    person = session.get(Person, person_id)
    found = "" if person is None else directory.name_of(person, services().cipher)
    return found or _("somebody whose account is closed")


def is_shared(session: Session, person_id: str) -> bool:
    """Whether this is one of the sandbox's people whose password stands on a page for everybody."""
    found = services()
    person = session.get(Person, person_id)
    if not found.settings.sandbox or person is None:
        return False
    today = directory.day_in_china(found.clock())
    document = directory.number_of(session, person, found.cipher, today)
    return document.number.value in {one.number.value for one in population(today)}
