"""The audit log's table, in a shape that can later be folded into a tree in the order of commits."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from idp.audit.indexes import INDEXES
from idp.storage.base import Base, Id

Sequence = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers only INTEGER keys by itself


class current_transaction(FunctionElement[int]):  # noqa: N801 - reads as the SQL function that it is
    """The number of the writing transaction on PostgreSQL; 0 on SQLite, which has one writer at a time."""

    type = BigInteger()
    inherit_cache = True


@compiles(current_transaction)
def _constant(_element: current_transaction, _compiler: SQLCompiler, **_: Any) -> str:
    return "0"


@compiles(current_transaction, "postgresql")
def _xid(_element: current_transaction, _compiler: SQLCompiler, **_: Any) -> str:
    return "CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)"


class AuditEvent(Base):
    """One event. Rows are only ever inserted, and dropped by retention once they are old.

    `seq` is given when a row is written, not when it is committed, so on PostgreSQL a lower one may
    appear after a higher one. `(xid, seq)` among rows with `xid < pg_snapshot_xmin(...)` is an order
    that no later commit can disturb; on SQLite `xid` is 0 and `seq` alone is that order. Whoever
    reads on from a place in the log remembers the pair.

    On PostgreSQL the table is partitioned by the months of `at` (`partitions`), so nothing but these could be
    unique there: a sequence numbers the rows, and an id is found by the time that it tells (`ids`).
    """

    __tablename__ = "audit_events"

    seq: Mapped[int] = mapped_column(Sequence, autoincrement=True)
    xid: Mapped[int] = mapped_column(BigInteger, default=current_transaction())
    id: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[str | None] = mapped_column(Id)
    client_id: Mapped[str | None] = mapped_column(String(128))
    request_id: Mapped[str | None] = mapped_column(String(128))
    address: Mapped[str | None] = mapped_column(String(45))
    device: Mapped[str | None] = mapped_column(String(128))
    interaction_id: Mapped[str | None] = mapped_column(String(128))
    actor: Mapped[str | None] = mapped_column(String(128))
    payload: Mapped[str] = mapped_column(Text)
    """The other fields as canonical JSON text, kept to the byte so that a hash of it can be made again."""

    __table_args__ = (
        PrimaryKeyConstraint("seq").ddl_if("sqlite"),
        UniqueConstraint("id").ddl_if("sqlite"),
        Index("ix_audit_events_xid_seq", "xid", "seq"),
        Index("ix_audit_events_at", "at"),
        Index("ix_audit_events_person_id_at", "person_id", "at"),
        Index("ix_audit_events_client_id_at", "client_id", "at"),
        {
            "sqlite_autoincrement": True,  # a number is not given again after retention dropped its row
            "postgresql_partition_by": "RANGE (at)",
        },
    )


for statement in (
    *(f"CREATE INDEX {name} ON audit_events {on}" for name, on in INDEXES.items()),
    "CREATE TABLE audit_events_default PARTITION OF audit_events DEFAULT",
):
    made = DDL(statement.replace("%", "%%")).execute_if(dialect="postgresql")  # type: ignore[no-untyped-call]
    event.listen(AuditEvent.__table__, "after_create", made)
