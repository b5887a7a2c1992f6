"""The register as a table of ours: for the sandbox, and for places that are given the register as a file."""

from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from idp.business.organisation_kinds import OrganisationStatus, OrganisationType
from idp.business.registry.contract import LegalRepresentative, RegisteredOrganisation, RegisterUnavailable
from idp.business.registry.models import BusinessRegisterEntry
from idp.crypto.fields import FieldCipher
from idp.people.reencrypt import SealedTable
from idp.storage.base import new_id
from idp.storage.database import READ_ONLY
from idp.storage.outages import OUTAGES

NAME = "business_register.name"
REPRESENTATIVE_NAME = "business_register.representative_name"
REPRESENTATIVE_NUMBER = "business_register.representative_number"

SEALED = SealedTable(
    BusinessRegisterEntry,
    {
        "name_sealed": NAME,
        "representative_name_sealed": REPRESENTATIVE_NAME,
        "representative_number_sealed": REPRESENTATIVE_NUMBER,
    },
)


class EmbeddedBusinessRegister:
    """Reads in transactions of its own, so that it may be asked while none or another one is open."""

    def __init__(self, engine: Engine, cipher: FieldCipher) -> None:
        self._engine = engine.execution_options(**READ_ONLY)
        self._cipher = cipher

    def look_up(self, code: str) -> RegisteredOrganisation | None:
        try:
            with Session(self._engine) as session:
                entry = find_entry(session, code)
                return None if entry is None else self._read(entry)
        except OUTAGES as problem:
            raise RegisterUnavailable(f"the table does not answer: {type(problem).__name__}") from None

    def _read(self, entry: BusinessRegisterEntry) -> RegisteredOrganisation:
        representative = None
        if entry.representative_name_sealed is not None:
            number = entry.representative_number_sealed
            representative = LegalRepresentative(
                self._open(entry.representative_name_sealed, REPRESENTATIVE_NAME, entry),
                None if number is None else self._open(number, REPRESENTATIVE_NUMBER, entry),
            )
        return RegisteredOrganisation(
            code=entry.code,
            name=self._open(entry.name_sealed, NAME, entry),
            type=OrganisationType(entry.type),
            status=OrganisationStatus(entry.status),
            representative=representative,
        )

    def _open(self, sealed: bytes, prefix: str, entry: BusinessRegisterEntry) -> str:
        return self._cipher.open_text(sealed, context=f"{prefix}:{entry.id}")


def find_entry(session: Session, code: str) -> BusinessRegisterEntry | None:
    return session.scalar(select(BusinessRegisterEntry).where(BusinessRegisterEntry.code == code))


def upsert(session: Session, record: RegisteredOrganisation, *, cipher: FieldCipher, now: datetime) -> bool:
    """Write one record; True when the organisation is new. What the record leaves empty becomes empty."""
    entry = find_entry(session, record.code)
    is_new = entry is None
    if entry is None:
        entry = BusinessRegisterEntry(id=new_id(now), code=record.code)
        session.add(entry)

    def seal(text: str, prefix: str) -> bytes:
        return cipher.seal(text, context=f"{prefix}:{entry.id}")

    person = record.representative
    entry.name_sealed = seal(record.name, NAME)
    entry.type = record.type.value
    entry.status = record.status.value
    entry.representative_name_sealed = None if person is None else seal(person.name, REPRESENTATIVE_NAME)
    entry.representative_number_sealed = (
        None if person is None or person.number is None else seal(person.number, REPRESENTATIVE_NUMBER)
    )
    entry.updated_at = now
    return is_new
