"""Whether the mandate that something rests on still stands: asked at each use, never taken from before."""

from datetime import datetime

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from idp.business.models import MAY_BE_ACTED_FOR, Organisation
from idp.mandates.models import Mandate
from idp.mandates.standing import Standing, standing


class NotWorn(Exception):
    """Who acted for somebody else may do so no longer."""


def worn(
    where: Connection | Engine, mandate_id: str | None, person_id: str, now: datetime
) -> Standing | None:
    """The mandate of a grant or a choice, as it stands now; None where the person acts as themselves, which
    costs nothing. Raises NotWorn."""
    if mandate_id is None:
        return None
    found = standing(where, mandate_id, now)
    if found is None or found.person_id != person_id:
        raise NotWorn
    return found


def hold(session: Session, mandate_id: str | None) -> bool:
    """Keep a mandate from being ended, and its organisation from being suspended or frozen, until this
    transaction is over; False when that has happened already.

    Who ends one holds these rows first, and then ends what rests on it: so whatever this transaction writes
    is either found by that, or not written. Called before any other row is held, in the order that is kept
    there (`idp.mandates.locking`).
    """
    if mandate_id is None:
        return True
    organisation = (
        select(MAY_BE_ACTED_FOR)
        .join(Mandate, Mandate.organisation_id == Organisation.id)
        .where(Mandate.id == mandate_id)
        .with_for_update(read=True, of=Organisation)
    )
    # None: it is for a person.
    if session.scalar(organisation) not in (None, True):
        return False
    living = select(Mandate.id).where(Mandate.id == mandate_id, Mandate.ended_at.is_(None))
    return session.scalar(living.with_for_update(read=True)) is not None
