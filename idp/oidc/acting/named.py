"""Code and name of the organisation that somebody acts for, as the register has them."""

from sqlalchemy import Connection, Engine, bindparam, select

from idp.business.models import Organisation
from idp.business.organisations import NAME
from idp.crypto.fields import FieldCipher
from idp.oidc.acting.claim import Named
from idp.storage.prepared import Prepared

CODE_AND_NAME = Prepared(
    select(Organisation.code, Organisation.name_sealed, Organisation.checked_at).where(
        Organisation.id == bindparam("organisation")
    )
)


def named(where: Connection | Engine, cipher: FieldCipher, organisation_id: str | None) -> Named | None:
    """None where somebody acts for a person: of them nothing is told but their `sub`."""
    if organisation_id is None:
        return None
    row = CODE_AND_NAME.one(where, {"organisation": organisation_id})
    if row is None:
        return None
    name = cipher.open_text(row.name_sealed, context=f"{NAME}:{organisation_id}")
    return Named(row.code, name, row.checked_at)
