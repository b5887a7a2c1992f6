"""Real PostgreSQL, Redis and Redis Cluster processes for tests: free ports, temporary folders.

Started once a session, when a test first asks; ended by process id, and by the kernel should the
test run itself be killed.
"""

from tests.servers.postgresql import (
    PostgresProcess,
    database_url,
    own_postgres_server,
    postgres_process,
    postgres_url,
)
from tests.servers.processes import certificate_for, end, need, server_folder, wait_for
from tests.servers.redis import (
    RedisClusterProcesses,
    RedisProcess,
    own_redis_cluster,
    own_redis_server,
    redis_cluster,
    redis_cluster_processes,
    redis_process,
    redis_server,
)

__all__ = [
    "PostgresProcess",
    "RedisClusterProcesses",
    "RedisProcess",
    "certificate_for",
    "database_url",
    "end",
    "need",
    "own_postgres_server",
    "own_redis_cluster",
    "own_redis_server",
    "postgres_process",
    "postgres_url",
    "redis_cluster",
    "redis_cluster_processes",
    "redis_process",
    "redis_server",
    "server_folder",
    "wait_for",
]
