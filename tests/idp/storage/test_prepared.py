"""Statements that go straight to the driver answer, and fail, as all others do."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from idp.storage import ready
from idp.storage.base import UtcDateTime
from idp.storage.database import open_database, reading
from idp.storage.direct import Direct
from idp.storage.prepared import Prepared, run
from tests.servers import PostgresProcess

THINGS = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("at", UtcDateTime()),
    Column("words", JSON()),
    Column("day", Date()),
    Column("is_new", Boolean()),
    Column("count", BigInteger()),
    Column("sealed", LargeBinary()),
)
ONE = (1).to_bytes(4, "big")
"""As PostgreSQL writes it in binary form."""
AT = datetime(2026, 11, 22, 8, 0, 0, 120, tzinfo=UTC)
WORDS = ["a", {"b": None}]
OTHERS = {"day": date(1949, 12, 31), "is_new": True, "count": -(2**40), "sealed": b"\0\xff"}
WANTED = select(
    *(THINGS.c.name, THINGS.c.at, THINGS.c.words.label("spoken")),
    *(THINGS.c.day, THINGS.c.is_new, THINGS.c.count, THINGS.c.sealed),
).where(THINGS.c.id == bindparam("number"), THINGS.c.at <= bindparam("now", type_=UtcDateTime()))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_database(database_url)
    THINGS.metadata.create_all(opened)
    with opened.begin() as connection:
        connection.execute(insert(THINGS), {"id": 1, "name": "张", "at": AT, "words": WORDS, **OTHERS})
        connection.execute(insert(THINGS), {"id": 2, "name": None, "at": AT, "words": None})
    yield opened
    opened.dispose()


def test_rows_are_those_that_other_statements_give(engine: Engine) -> None:
    prepared = Prepared(WANTED)
    with reading(engine).connect() as connection:
        for number in (1, 2):
            values = {"number": number, "now": AT}
            other = connection.execute(WANTED, values).one()
            assert prepared.one(connection, values) == tuple(other)
        row = prepared.one(connection, {"number": 1, "now": AT})
        assert (row.name, row.at, row.spoken) == ("张", AT, WORDS)
        assert {name: getattr(row, name) for name in OTHERS} == OTHERS
        assert prepared.one(connection, {"number": 3, "now": AT}) is None
        assert prepared.one(connection, {"number": 1, "now": AT.replace(year=2025)}) is None


def test_by_itself_it_reads_the_same(engine: Engine) -> None:
    prepared, reads = Prepared(WANTED), reading(engine)
    for number in (1, 2, 3):
        values = {"number": number, "now": AT}
        with reads.connect() as connection:
            assert prepared.one(reads, values) == prepared.one(connection, values)
    assert prepared.one(reads, {"number": 1, "now": AT}).spoken == ["a", {"b": None}]


def test_by_itself_it_fails_as_elsewhere_and_its_connection_is_whole(engine: Engine) -> None:
    prepared, reads = Prepared(WANTED), reading(engine)
    assert prepared.one(reads, {"number": 1, "now": AT}) is not None
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE things RENAME TO others"))
    with pytest.raises(SQLAlchemyError) as failed:
        prepared.one(reads, {"number": 4711, "now": AT})
    assert "4711" not in str(failed.value)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE others RENAME TO things"))
    assert prepared.one(reads, {"number": 1, "now": AT}).name == "张"


def test_what_the_server_has_forgotten_is_prepared_again(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    THINGS.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(THINGS), {"id": 1, "name": "张", "at": AT, "words": []})
    prepared, values = Prepared(WANTED), {"number": 1, "now": AT}
    assert prepared.one(engine, values).name == "张"
    for change in ("DEALLOCATE ALL", "ALTER TABLE things ALTER COLUMN name TYPE text"):
        with engine.begin() as connection:
            connection.execute(text(change))
        assert prepared.one(engine, values).name == "张"
    assert engine.pool.checkedout() == 1, "all on one connection"  # type: ignore[attr-defined]
    engine.dispose()


def test_by_itself_a_statement_leaves_no_transaction_open(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    THINGS.metadata.create_all(engine)
    write = Direct("INSERT INTO things (id, name) VALUES ($1::INTEGER, $2::VARCHAR)")
    write.run(engine, (1, "new"))
    other = open_database(postgres_url)
    with other.connect() as connection:
        assert connection.execute(select(THINGS.c.name)).scalar_one() == "new"
    with pytest.raises(DBAPIError):
        write.run(engine, (1, "again"))
    write.run(engine, (2, None))
    with pytest.raises(TypeError, match="float"):
        write.run(engine, (3, 0.5))
    for opened in (engine, other):
        opened.dispose()


def test_by_itself_a_broken_connection_does_not_come_back(postgres_url: str) -> None:
    engine, one = open_database(postgres_url), Direct("SELECT 1")
    end = Direct("SELECT pg_terminate_backend(pg_backend_pid())")
    assert one.all(engine, ()) == [[ONE]]
    with pytest.raises(DBAPIError) as failed:
        end.run(engine, ())
    assert failed.value.connection_invalidated
    assert one.all(engine, ()) == [[ONE]]
    engine.dispose()


def test_by_itself_a_connection_that_ended_while_idle_is_not_taken(
    own_postgres_server: PostgresProcess,
) -> None:
    engine, one = open_database(own_postgres_server.new_database()), Direct("SELECT 1")
    assert one.all(engine, ()) == [[ONE]]
    own_postgres_server.stop()
    own_postgres_server.start()
    assert one.all(engine, ()) == [[ONE]]
    engine.dispose()


def test_connections_wait_ready_and_are_of_the_pool(postgres_url: str) -> None:
    """They count towards its size, some are left for transactions, and none outlives the engine's use."""
    engine, one = open_database(postgres_url), Direct("SELECT pg_backend_pid()")
    pool: Any = engine.pool
    (first,) = one.all(engine, ())
    assert one.all(reading(engine), ()) == [first], "the same one, for all that share the pool"
    assert (pool.checkedout(), pool.checkedin()) == (1, 0)
    connections = ready.of(engine)
    taken = [connections.take(engine) for _ in range(ready.READY_AT_MOST + 2)]
    assert pool.checkedout() == len(taken)
    for connection in taken:
        connections.give_back(connection)
    assert (pool.checkedout(), pool.checkedin()) == (ready.READY_AT_MOST, 2)
    engine.dispose()
    assert all(connection.pooled.dbapi_connection is None for connection in taken)
    assert one.all(engine, ()) != [first]
    engine.dispose()


def test_a_connection_that_is_not_at_rest_goes_back_to_the_pool(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    connections, pool = ready.of(engine), cast("Any", engine.pool)
    Direct("BEGIN").run(engine, ())
    assert (pool.checkedout(), pool.checkedin()) == (0, 1), "where its transaction was ended"
    assert connections.take(engine).libpq.transaction_status == TransactionStatus.IDLE
    engine.dispose()


def test_it_reads_in_the_transaction_of_its_connection(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(insert(THINGS), {"id": 7, "name": "new", "at": AT, "words": []})
        assert Prepared(WANTED).one(connection, {"number": 7, "now": AT}).name == "new"
        connection.rollback()
        assert Prepared(WANTED).one(connection, {"number": 7, "now": AT}) is None


def test_a_moment_without_a_zone_is_refused_as_elsewhere(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(ValueError, match="time zone"):
        Prepared(WANTED).one(connection, {"number": 1, "now": AT.replace(tzinfo=None)})


def test_what_fails_is_an_error_of_the_database_that_quotes_no_value(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE things RENAME TO others"))
    secret: dict[str, Any] = {"number": 4711, "now": AT}
    with engine.connect() as connection:
        with pytest.raises(SQLAlchemyError) as failed:
            Prepared(WANTED).one(connection, secret)
        connection.rollback()
        assert connection.execute(text("SELECT count(*) FROM others")).scalar() == 2
    assert "4711" not in str(failed.value)


def test_a_broken_connection_does_not_come_back(own_postgres_server: PostgresProcess) -> None:
    engine = open_database(own_postgres_server.new_database())
    with reading(engine).connect() as connection:
        run(connection, "SELECT 1", (), lambda cursor: cursor.fetchone())
        own_postgres_server.stop()
        with pytest.raises(DBAPIError) as failed:
            run(connection, "SELECT 1", (), lambda cursor: cursor.fetchone())
        assert failed.value.connection_invalidated
    own_postgres_server.start()
    with reading(engine).connect() as connection:
        assert run(connection, "SELECT 1", (), lambda cursor: cursor.fetchone()) == (1,)
    engine.dispose()


def test_a_connection_that_ended_while_idle_is_not_taken(own_postgres_server: PostgresProcess) -> None:
    engine = open_database(own_postgres_server.new_database())
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    own_postgres_server.stop()
    own_postgres_server.start()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()
