"""Who may hold an organisation's licence, and stand for the whole of it: the legal representative by the
register's word at this moment, and licence administrators (证照管理员) by a mandate that stands."""

from datetime import datetime

from sqlalchemy.orm import Session

from idp.business import organisations
from idp.business.licences.standing import is_representative
from idp.business.registry import RegisteredOrganisation
from idp.extensions import Services
from idp.mandates.locking import lock_organisation
from idp.mandates.standing import Standing, held_by
from idp.people import directory
from idp.people.documents import IdentityDocument


def may_hold(found: Services, registered: RegisteredOrganisation, holder: IdentityDocument) -> bool:
    """Call it once what the register said is kept: the ladder of a mandate begins there."""
    with found.sessions() as session:
        organisation = organisations.find_by_code(session, registered.code)
        if organisation is not None and organisation.frozen_at is not None:
            return False
        if is_representative(registered, holder):
            return True
        person = directory.find_by_number(session, found.index, holder.number.value)
        if person is None or organisation is None:
            return False
        return hat_of(session, person.id, organisation.id, found.clock()) is not None


def hat_of(session: Session, person_id: str, organisation_id: str, now: datetime) -> Standing | None:
    """The mandate on whose strength the person stands for the whole organisation, if one stands."""
    held = held_by(session.connection(), person_id, now)
    return next((one for one in held if one.is_business and one.organisation_id == organisation_id), None)


def hat_held(session: Session, person_id: str, organisation_id: str, now: datetime) -> Standing | None:
    """The same, while nobody ends it until this transaction is over: what rests on it from now on is there
    for its end to end. Call it once the roots that are missing have been made."""
    lock_organisation(session, organisation_id)
    return hat_of(session, person_id, organisation_id, now)
