"""The register as a table of ours: for the sandbox, and for places that are given the register as a file."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, select
from sqlalchemy.orm import Session

from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import blind_keys, names
from idp.people.registry import guardianships
from idp.people.registry.contract import Answer, RegisterAnswer, Relation
from idp.people.registry.models import RegisterEntry
from idp.storage.base import new_id
from idp.storage.database import READ_ONLY

NOBODY = "nobody"


@dataclass(frozen=True, slots=True, repr=False)
class RegisterRecord:
    """One person as the register knows them: the number and the name normalised, the phone E.164."""

    number: str
    name: str
    phone: str | None = None
    photo: bytes | None = None
    deceased: bool = False


class EmbeddedRegister:
    """Reads in transactions of its own, so that it may be asked while none or another one is open."""

    def __init__(self, engine: Engine, cipher: FieldCipher, index: BlindIndex) -> None:
        self._engine = engine.execution_options(**READ_ONLY)
        self._cipher = cipher
        self._index = index
        self._nobodys_name = cipher.seal(NOBODY, context=context("name", NOBODY))

    def verify(self, name: str, number: str) -> RegisterAnswer:
        with Session(self._engine) as session:
            query = select(RegisterEntry, RegisterEntry.photo_sealed.is_not(None))
            row = session.execute(query.where(_has_number(self._index, number))).one_or_none()
            if row is None:
                # The work that somebody's entry would have been, so that the time does not tell.
                self._is_name(name, self._nobodys_name, NOBODY)
                return RegisterAnswer(Answer.UNKNOWN)
            entry, has_photo = row
            if not self._is_name(name, entry.name_sealed, entry.id):
                return RegisterAnswer(Answer.MISMATCH)
            if entry.deceased:
                return RegisterAnswer(Answer.DECEASED)
            return RegisterAnswer(Answer.MATCH, self._phone(entry), has_photo)

    def photo(self, number: str) -> bytes | None:
        with Session(self._engine) as session:
            entry = find_entry(session, self._index, number)
            if entry is None or entry.photo_sealed is None:
                return None
            return self._cipher.open(entry.photo_sealed, context=context("photo", entry.id))

    def compare(self, number: str, image: bytes) -> bool | None:
        """A table compares no faces: its photos are handed out instead."""
        return None

    def cares_for(self, guardian: str, ward: str) -> Relation | None:
        with Session(self._engine) as session:
            return guardianships.relation(session, self._index, guardian, ward)

    def _is_name(self, name: str, sealed: bytes, entry_id: str) -> bool:
        return names.same(self._cipher.open_text(sealed, context=context("name", entry_id)), name)

    def _phone(self, entry: RegisterEntry) -> str | None:
        if entry.phone_sealed is None:
            return None
        return self._cipher.open_text(entry.phone_sealed, context=context("phone", entry.id))


def find_entry(session: Session, index: BlindIndex, number: str) -> RegisterEntry | None:
    return session.scalar(select(RegisterEntry).where(_has_number(index, number)))


def upsert(
    session: Session,
    record: RegisterRecord,
    *,
    cipher: FieldCipher,
    index: BlindIndex,
    now: datetime,
) -> bool:
    """Write one record; True when the person is new. What the record leaves empty becomes empty.

    A photo is the exception: an import without photos keeps those that are there.
    """
    entry = find_entry(session, index, record.number)
    is_new = entry is None
    if entry is None:
        entry = RegisterEntry(id=new_id(now))
        entry.number_index, entry.number_index_next = blind_keys.pair(index, blind_keys.NUMBER, record.number)
        entry.number_sealed = cipher.seal(record.number, context=context("number", entry.id))
        session.add(entry)
    entry.name_sealed = cipher.seal(record.name, context=context("name", entry.id))
    entry.phone_sealed = (
        None if record.phone is None else cipher.seal(record.phone, context=context("phone", entry.id))
    )
    if record.photo is not None:
        entry.photo_sealed = cipher.seal(record.photo, context=context("photo", entry.id))
        entry.photo_from_capture = False
    entry.deceased = record.deceased
    entry.updated_at = now
    return is_new


def keep_first_capture(
    session: Session,
    number: str,
    image: bytes,
    *,
    cipher: FieldCipher,
    index: BlindIndex,
    now: datetime,
    sandbox: bool,
) -> bool:
    """Let a live capture become the reference of an entry that has none; True when it did.

    In the sandbox alone, so that a developer can try the face step with their own face: elsewhere it would
    bind whoever comes first to a number. Raises ValueError outside of it.
    """
    if not sandbox:
        raise ValueError("a capture becomes the reference in the sandbox alone")
    entry = find_entry(session, index, number)
    if entry is None or entry.deceased or entry.photo_sealed is not None:
        return False
    entry.photo_sealed = cipher.seal(image, context=context("photo", entry.id))
    entry.photo_from_capture = True
    entry.updated_at = now
    return True


def _has_number(index: BlindIndex, number: str) -> ColumnElement[bool]:
    columns = RegisterEntry.number_index, RegisterEntry.number_index_next
    return blind_keys.finds(*columns, index, blind_keys.NUMBER, number)


def context(column: str, entry_id: str) -> str:
    return f"register.{column}:{entry_id}"
