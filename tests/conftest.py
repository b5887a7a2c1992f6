"""Fixtures that every test may ask for. Servers start when a test first needs them."""

from tests.servers import (
    own_postgres_server,
    own_redis_cluster,
    own_redis_server,
    postgres_process,
    postgres_url,
    redis_cluster,
    redis_cluster_processes,
    redis_process,
    redis_server,
    server_folder,
)

__all__ = [
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
]
