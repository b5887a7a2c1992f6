"""Bringing every sealed column and blind index to the keys in use now.

One walk serves both a new encryption key and each phase of a rotation of the index key (see `blind_keys`). It
goes by primary key in small transactions beside the running provider, and may be stopped and begun again:
rows that are as they should be are left alone, and a position tells where to go on.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.operation import FieldsReencrypted
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.people import blind_keys
from idp.people.models import FaceEvidence, FaceTemplate, IdentityDocument, Person
from idp.people.registry.models import RegisterEntry
from idp.storage.base import Base


@dataclass(frozen=True, slots=True)
class SealedTable:
    """Which columns of a table are sealed, under which contexts (`prefix:<key>`)."""

    model: type[Base]
    sealed: dict[str, str]
    """Column to the prefix of its context."""
    index: tuple[str, str, str, str] | None = None
    """Kind of value, the sealed column that holds it, its index and its next index."""
    rows_at_once: int = 200
    key: str = "id"
    bound_to: str | None = None
    """The column that contexts end with, where that is another than the key."""

    @property
    def name(self) -> str:
        return str(self.model.__tablename__)


TABLES: Final = (
    SealedTable(
        Person,
        {"name_sealed": "person.name", "phone_sealed": "person.phone", "email_sealed": "person.email"},
        (blind_keys.PHONE, "phone_sealed", "phone_index", "phone_index_next"),
    ),
    SealedTable(
        IdentityDocument,
        {"number_sealed": "document.number"},
        (blind_keys.NUMBER, "number_sealed", "number_index", "number_index_next"),
    ),
    SealedTable(
        RegisterEntry,
        {
            "number_sealed": "register.number",
            "name_sealed": "register.name",
            "phone_sealed": "register.phone",
            "photo_sealed": "register.photo",
        },
        (blind_keys.NUMBER, "number_sealed", "number_index", "number_index_next"),
        rows_at_once=20,  # photos
    ),
    SealedTable(FaceTemplate, {"vector_sealed": "face.template"}, key="person_id"),
    SealedTable(FaceEvidence, {"frames_sealed": "face.evidence"}, rows_at_once=20),
)
"""Of people. Rooms above this one have sealed tables too, and hand theirs over with these."""


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where everything is done: a table and the last row of it."""

    table: str
    after: str

    def __str__(self) -> str:
        return f"{self.table}:{self.after}"

    @classmethod
    def parse(cls, text: str, tables: tuple[SealedTable, ...] = TABLES) -> "Position":
        """Raises ValueError."""
        table, separator, after = text.partition(":")
        if not separator or table not in {known.name for known in tables}:
            raise ValueError("not a position of the walk")
        return cls(table, after)


@dataclass(frozen=True, slots=True)
class Walked:
    """One batch, committed."""

    position: Position
    rows: int
    changed: int


def count(session: Session, tables: tuple[SealedTable, ...] = TABLES) -> int:
    return sum(session.scalar(select(func.count()).select_from(table.model)) or 0 for table in tables)


def walk(
    sessions: sessionmaker[Session],
    cipher: FieldCipher,
    index: BlindIndex,
    clock: Callable[[], datetime],
    *,
    actor: str,
    start: Position | None = None,
    tables: tuple[SealedTable, ...] = TABLES,
) -> Iterator[Walked]:
    """Go over all tables, or on from a position; yields after each committed batch.

    Raises CannotOpen when a key that rows still need is missing from the ring.
    """
    left = list(tables)
    while start is not None and left[0].name != start.table:
        left.pop(0)
    for table in left:
        after = start.after if start is not None and start.table == table.name else ""
        while True:
            with sessions.begin() as session:
                rows = _rows(session, table, after)
                changed = sum(_renew(row, table, cipher, index) for row in rows)
                if changed:
                    event = FieldsReencrypted(changed, cipher.active_key_id)
                    audit.record(session, event, context=AuditContext(clock(), actor=actor))
            if not rows:
                break
            after = getattr(rows[-1], table.key)
            yield Walked(Position(table.name, after), len(rows), changed)


def _rows(session: Session, table: SealedTable, after: str) -> list[Any]:
    model: Any = table.model
    key = getattr(model, table.key)
    query = select(model).where(key > after).order_by(key).limit(table.rows_at_once)
    return list(session.scalars(query.with_for_update()).all())


def _renew(row: Any, table: SealedTable, cipher: FieldCipher, index: BlindIndex) -> bool:
    """True when something of the row was not as the keys in use want it."""
    changed = False
    key = getattr(row, table.bound_to or table.key)
    for column, prefix in table.sealed.items():
        sealed = getattr(row, column)
        if sealed is None or cipher.is_current(sealed):
            continue
        context = f"{prefix}:{key}"
        setattr(row, column, cipher.seal(cipher.open(sealed, context=context), context=context))
        changed = True
    if table.index is None:
        return changed
    kind, holder, current, following = table.index
    sealed = getattr(row, holder)
    if sealed is None:
        return changed
    value = cipher.open_text(sealed, context=f"{table.sealed[holder]}:{key}")
    wanted = blind_keys.pair(index, kind, value)
    if (getattr(row, current), getattr(row, following)) != wanted:
        setattr(row, current, wanted[0])
        setattr(row, following, wanted[1])
        changed = True
    return changed
