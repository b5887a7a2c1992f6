"""Known organisations: keeping the register's last answer about each, and reading what is sealed in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.business import OrganisationChanged, OrganisationEnrolled
from idp.business.models import Organisation
from idp.business.organisation_kinds import OrganisationStatus
from idp.business.registry import LegalRepresentative, RegisteredOrganisation
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import blind_keys
from idp.people import names as people_names
from idp.people.reencrypt import SealedTable
from idp.storage.base import new_id

NAME = "organisation.name"
REPRESENTATIVE_NAME = "organisation.representative_name"
REPRESENTATIVE_NUMBER = "organisation.representative_number"

SEALED = SealedTable(
    Organisation,
    {
        "name_sealed": NAME,
        "representative_name_sealed": REPRESENTATIVE_NAME,
        "representative_number_sealed": REPRESENTATIVE_NUMBER,
    },
    (
        blind_keys.NUMBER,
        "representative_number_sealed",
        "representative_index",
        "representative_index_next",
    ),
)


class Change(StrEnum):
    """What the register says otherwise than before; for the audit log."""

    STATUS = "status"
    LEGAL_REPRESENTATIVE = "legal_representative"
    """Another person, or nobody any more who can be told by a number."""
    REPRESENTATIVE_DETAILS = "representative_details"
    """The same person under another name."""
    TITLE = "title"
    """The organisation's name."""
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class Kept:
    """What an answer of the register has done."""

    organisation: Organisation
    is_new: bool
    changes: tuple[Change, ...] = ()


Changed = Callable[[Session, str, tuple[Change, ...], AuditContext], None]
"""What an organisation's changes mean elsewhere, by its id: in the same transaction, which holds its row."""


@dataclass(frozen=True, slots=True)
class Organisations:
    cipher: FieldCipher
    index: BlindIndex
    recheck: timedelta
    """The register is asked about each again after so long."""
    trusted: timedelta
    """Its answer counts for so long where somebody acts for an organisation, should it fall silent."""
    changed: Changed
    """Called wherever an answer is kept that says something else than before."""

    def keep(
        self,
        session: Session,
        registered: RegisteredOrganisation,
        *,
        asked_at: datetime,
        context: AuditContext,
    ) -> Kept:
        """Make the organisation known, or what is known of it true again; with events, in this transaction.

        `asked_at`: when the register was asked. Of two answers that cross, the later question's stays.
        """
        known = _locked(session, registered.code)
        if known is None:
            made = self._made(registered, asked_at)
            try:
                with session.begin_nested():
                    session.add(made)
            except IntegrityError:
                # Somebody else was faster with this code.
                known = _locked(session, registered.code)
                if known is None:
                    raise
            else:
                event = OrganisationEnrolled(made.id, made.type, made.status)
                audit.record(session, event, context=context)
                return Kept(made, is_new=True)
        if asked_at < known.checked_at:
            return Kept(known, is_new=False)
        changes = self._changes(known, registered)
        self._fill(known, registered, asked_at)
        return self._recorded(session, known, changes, context)

    def note_missing(
        self, session: Session, code: str, *, asked_at: datetime, context: AuditContext
    ) -> Kept | None:
        """The register knows it no more. What was known stays to be read, but nobody acts for it.

        None when we do not know it either.
        """
        known = _locked(session, code)
        if known is None:
            return None
        if asked_at < known.checked_at:
            return Kept(known, is_new=False)
        changes = () if known.status == OrganisationStatus.MISSING else (Change.STATUS,)
        known.status = OrganisationStatus.MISSING.value
        self._note_time(known, asked_at)
        return self._recorded(session, known, changes, context)

    def name_of(self, organisation: Organisation) -> str:
        return self._open(organisation, organisation.name_sealed, NAME)

    def representative_of(self, organisation: Organisation) -> LegalRepresentative | None:
        if organisation.representative_name_sealed is None:
            return None
        number = organisation.representative_number_sealed
        return LegalRepresentative(
            self._open(organisation, organisation.representative_name_sealed, REPRESENTATIVE_NAME),
            None if number is None else self._open(organisation, number, REPRESENTATIVE_NUMBER),
        )

    def represented_by(self, session: Session, number: str) -> Sequence[Organisation]:
        """Known organisations whose legal representative has this number, whatever their status."""
        columns = Organisation.representative_index, Organisation.representative_index_next
        condition = blind_keys.finds(*columns, self.index, blind_keys.NUMBER, number)
        return session.scalars(select(Organisation).where(condition).order_by(Organisation.code)).all()

    def _made(self, registered: RegisteredOrganisation, asked_at: datetime) -> Organisation:
        made = Organisation(id=new_id(asked_at), code=registered.code, created_at=asked_at)
        self._fill(made, registered, asked_at)
        return made

    def _fill(self, row: Organisation, registered: RegisteredOrganisation, asked_at: datetime) -> None:
        person = registered.representative
        number = None if person is None else person.number
        row.name_sealed = self._seal(row, registered.name, NAME)
        row.type = registered.type.value
        row.status = registered.status.value
        row.representative_name_sealed = (
            None if person is None else self._seal(row, person.name, REPRESENTATIVE_NAME)
        )
        row.representative_number_sealed = (
            None if number is None else self._seal(row, number, REPRESENTATIVE_NUMBER)
        )
        row.representative_index, row.representative_index_next = (
            (None, None) if number is None else blind_keys.pair(self.index, blind_keys.NUMBER, number)
        )
        self._note_time(row, asked_at)

    def _note_time(self, row: Organisation, asked_at: datetime) -> None:
        row.checked_at, row.check_after = asked_at, asked_at + self.recheck
        row.trusted_until = asked_at + self.trusted

    def _changes(self, row: Organisation, registered: RegisteredOrganisation) -> tuple[Change, ...]:
        before, after = self.representative_of(row), registered.representative
        is_same = is_same_person(before, after)
        found = {
            Change.STATUS: row.status != registered.status,
            Change.LEGAL_REPRESENTATIVE: not is_same,
            Change.REPRESENTATIVE_DETAILS: is_same and _name(before) != _name(after),
            Change.TITLE: self.name_of(row) != registered.name,
            Change.KIND: row.type != registered.type,
        }
        return tuple(change for change, is_so in found.items() if is_so)

    def _recorded(
        self,
        session: Session,
        organisation: Organisation,
        changes: tuple[Change, ...],
        context: AuditContext,
    ) -> Kept:
        for change in changes:
            event = OrganisationChanged(organisation.id, change.value, organisation.status)
            audit.record(session, event, context=context)
        if changes:
            session.flush()
            self.changed(session, organisation.id, changes, context)
        return Kept(organisation, is_new=False, changes=changes)

    def _seal(self, row: Organisation, text: str, prefix: str) -> bytes:
        return self.cipher.seal(text, context=f"{prefix}:{row.id}")

    def _open(self, row: Organisation, sealed: bytes, prefix: str) -> str:
        return self.cipher.open_text(sealed, context=f"{prefix}:{row.id}")


def find_by_code(session: Session, code: str) -> Organisation | None:
    """By a code as `credit_code.parse` gives it."""
    return session.scalar(select(Organisation).where(Organisation.code == code))


def is_same_person(before: LegalRepresentative | None, after: LegalRepresentative | None) -> bool:
    """By the number; by the name only where neither has one, since then nobody acts as that person.

    Somebody who got a number of another kind is another person here: they bind themselves anew.
    """
    if before is None or after is None:
        return before is after
    if before.number is None and after.number is None:
        return people_names.same(before.name, after.name)
    return before.number == after.number


def _name(person: LegalRepresentative | None) -> str | None:
    return None if person is None else person.name


def _locked(session: Session, code: str) -> Organisation | None:
    """Until the end of the transaction, so that two answers go one after the other."""
    query = select(Organisation).where(Organisation.code == code).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))
