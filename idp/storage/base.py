"""The declarative base of every table, and the ids of its rows."""

from collections.abc import Callable
from datetime import UTC, datetime
from ssl import RAND_bytes
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, LargeBinary, MetaData, String
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

# Named constraints can be dropped by a migration on every database, SQLite's batch mode included.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Id = String(36)

NO_LONGER, NEVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
"""Stand for moments before and after all that Python can say."""
LAST_TEXT = "9999-12-31"
RANDOM_BYTES = 10
MARKED, VERSION_7 = 0xF << 76 | 0b11 << 62, 0x7 << 76 | 0b10 << 62
"""The bits of an id that say what it is, and what they say (RFC 9562 sections 4.1 and 4.2)."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, always aware: SQLite forgets the offset, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """SQLite keeps any text for a moment. What is none, which nobody of ours writes, is before or after
        all that are, as the database has it in its order, and keeps nobody from reading the others."""
        reads = super().result_processor(dialect, coltype)
        if reads is None or dialect.name != "sqlite":
            return reads

        def read(value: Any) -> Any:
            try:
                return reads(value)
            except (ValueError, TypeError):
                return NEVER if str(value) > LAST_TEXT else NO_LONGER

        return read


class Base(DeclarativeBase):
    """Plain SQLAlchemy: the worker and the command line use the same models without Flask."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        bytes: LargeBinary(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
    }


def made_at(made: str) -> float:
    """When an id of `new_id` was made, by what it says: seconds since 1970. Of any other UUID that is some
    time long ago or to come."""
    return int(made.replace("-", "")[:12], 16) / 1000


def new_id(now: datetime) -> str:
    """A UUIDv7 (RFC 9562 section 5.7) as text: 48 bits of milliseconds, then 74 random bits.

    Rows made together lie together in the index, and an id tells nothing but its time.
    """
    random = int.from_bytes(RAND_bytes(RANDOM_BYTES), "big")
    value = int(now.timestamp() * 1000) << 80 | random & ~MARKED | VERSION_7
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
