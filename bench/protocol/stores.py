"""Redis and PostgreSQL as one would run them for real: nothing acknowledged that a crash would lose."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import PostgresProcess, RedisProcess, end

DURABLE_REDIS = ("--appendonly", "yes", "--appendfsync")
DURABLE_POSTGRES = ("shared_buffers=128MB", "max_connections=200")
"""fsync, full_page_writes and synchronous_commit are on unless somebody switches them off."""


@dataclass(frozen=True, slots=True)
class Stores:
    redis: RedisProcess
    postgres: PostgresProcess

    @property
    def pids(self) -> tuple[int, ...]:
        """Their first processes."""
        started = (self.redis.process, self.postgres.process)
        return tuple(process.pid for process in started if process is not None)


@contextmanager
def running(*, redis_fsync: str) -> Iterator[Stores]:
    """`redis_fsync`: `always`, or `everysec`, Redis' own default. They run where the caller is pinned."""
    with (
        tempfile.TemporaryDirectory(prefix="yitong-redis-") as redis_folder,
        tempfile.TemporaryDirectory(prefix="yitong-postgres-") as postgres_folder,
    ):
        redis = RedisProcess(Path(redis_folder), options=(*DURABLE_REDIS, redis_fsync))
        postgres = PostgresProcess(Path(postgres_folder), settings=DURABLE_POSTGRES)
        try:
            redis.start()
            postgres.start()
            yield Stores(redis, postgres)
        finally:
            for started in (redis.process, postgres.process):
                if started is not None:
                    end(started)
