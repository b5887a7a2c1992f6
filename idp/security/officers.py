"""Members of staff as the desk knows them: by the number of their service."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.staff import accounts
from idp.staff.models import StaffAccount, StaffStatus
from idp.staff.roles import StaffRole
from idp.storage.database import batched


def staff_numbers(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """By the ids of their accounts; what is none of an account is left out."""
    wanted = {one for one in ids if one}
    found: dict[str, str] = {}
    for some in batched(sorted(wanted)):
        rows = session.execute(
            select(StaffAccount.id, StaffAccount.staff_number).where(StaffAccount.id.in_(some))
        )
        found.update({row.id: row.staff_number for row in rows})
    return found


def security_officers(session: Session) -> list[tuple[str, str]]:
    """Id and number of those to whom a case can be given."""
    rows = session.execute(
        select(StaffAccount.id, StaffAccount.staff_number, StaffAccount.roles)
        .where(StaffAccount.status == StaffStatus.ACTIVE.value)
        .order_by(StaffAccount.staff_number)
    )
    return [(row.id, row.staff_number) for row in rows if StaffRole.SECURITY in row.roles]


def staff_id_of(session: Session, typed: str) -> str:
    """Of a number of service, which is what people know; anything else is left as it is."""
    found = accounts.find(session, typed)
    return typed if found is None else found.id
