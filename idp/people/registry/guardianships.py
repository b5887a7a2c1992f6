"""Who cares for whom in the embedded register."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from idp.crypto.fields import BlindIndex
from idp.people import blind_keys
from idp.people.registry.contract import Relation
from idp.people.registry.models import RegisterEntry, RegisterGuardianship

_GUARDIAN, _WARD = aliased(RegisterEntry), aliased(RegisterEntry)


def relation(session: Session, index: BlindIndex, guardian: str, ward: str) -> Relation | None:
    """One statement whoever is asked about, so that its time tells nothing of a number."""
    found = session.scalar(
        select(RegisterGuardianship.relation)
        .join(_GUARDIAN, _GUARDIAN.id == RegisterGuardianship.guardian_id)
        .join(_WARD, _WARD.id == RegisterGuardianship.ward_id)
        .where(
            blind_keys.finds(
                _GUARDIAN.number_index, _GUARDIAN.number_index_next, index, blind_keys.NUMBER, guardian
            ),
            blind_keys.finds(_WARD.number_index, _WARD.number_index_next, index, blind_keys.NUMBER, ward),
            _GUARDIAN.deceased.is_(False),
            _WARD.deceased.is_(False),
        )
    )
    return None if found is None else Relation(found)


def keep(
    session: Session, guardian_id: str, ward_id: str, relation: Relation | None, *, now: datetime
) -> None:
    """What the register says of two of its entries from now on; None: nothing any more."""
    if relation is None:
        session.execute(
            delete(RegisterGuardianship).where(
                RegisterGuardianship.guardian_id == guardian_id, RegisterGuardianship.ward_id == ward_id
            )
        )
        return
    row = session.get(RegisterGuardianship, (guardian_id, ward_id))
    if row is None:
        row = RegisterGuardianship(guardian_id=guardian_id, ward_id=ward_id)
        session.add(row)
    row.relation = relation.value
    row.updated_at = now
