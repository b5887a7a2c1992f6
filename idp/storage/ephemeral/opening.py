"""Which store a URL means."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy import create_engine, make_url

from idp.storage.database import engine_options, prepare
from idp.storage.ephemeral.connection import Address
from idp.storage.ephemeral.memory import MemoryStore
from idp.storage.ephemeral.redis_store import RedisClusterStore, RedisStore
from idp.storage.ephemeral.sql import SqlStore
from idp.storage.ephemeral.store import Clock, EphemeralStore

# A connection that is not made, or a statement that is not done, within this time is an error.
POSTGRESQL_LIMITS = {"connect_timeout": 3, "options": "-c statement_timeout=3000"}


def open_store(url: str, clock: Clock) -> EphemeralStore:
    """The store that `url` names. Raises ValueError for an unknown kind, StoreUnavailable.

    - ``sqlite:///var/ephemeral.db``, ``postgresql+psycopg://user@host/database``
    - ``redis://[user:password@]host[:port][/database]``, ``rediss://`` for TLS
    - ``redis+unix:///run/redis.sock[?database=0]``
    - ``redis+cluster://[user:password@]host:port,host:port``, ``rediss+cluster://`` for TLS
    - ``memory://`` for tests
    """
    scheme = url.partition(":")[0]
    match scheme:
        case "memory":
            return MemoryStore(clock)
        case "redis" | "rediss":
            return RedisStore(_addresses(url)[0])
        case "redis+unix":
            parts = urlsplit(url)
            database = parse_qs(parts.query).get("database", ["0"])[0]
            return RedisStore(Address(path=unquote(parts.path), database=int(database)))
        case "redis+cluster" | "rediss+cluster":
            return RedisClusterStore(_addresses(url))
    if scheme.startswith("sqlite"):
        if name := make_url(url).database:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
        return SqlStore(prepare(create_engine(url, **engine_options(url))), clock)
    if scheme.startswith("postgresql"):
        # Each command is one statement, which PostgreSQL commits by itself in one round trip.
        engine = create_engine(
            url, isolation_level="AUTOCOMMIT", connect_args=POSTGRESQL_LIMITS, **engine_options(url)
        )
        return SqlStore(prepare(engine), clock)
    raise ValueError(f"no ephemeral store is called {scheme!r}")


def _addresses(url: str) -> list[Address]:
    parts = urlsplit(url)
    credentials, _, hosts = parts.netloc.rpartition("@")
    username, _, password = credentials.partition(":")
    database = parts.path.strip("/")
    addresses = []
    for place in hosts.split(","):
        bracketed = urlsplit(f"//{place}")
        addresses.append(
            Address(
                host=bracketed.hostname or "127.0.0.1",
                port=bracketed.port or 6379,
                database=int(database) if database else 0,
                username=unquote(username) or None,
                password=unquote(password) if credentials else None,
                tls=parts.scheme.startswith("rediss"),
            )
        )
    return addresses
