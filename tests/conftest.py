"""Fixtures that every test may ask for. Servers start when a test first needs them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.servers import (
    database_url,
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
from tests.virtual_person import VirtualPerson
from tests.virtual_person.browser import chromium
from tests.virtual_person.scenes import Scenes

__all__ = [
    "browser",
    "database_url",
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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests: Playwright's synchronous API runs once in a process."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def face() -> VirtualPerson:
    """Who stands before the camera of that Chromium."""
    return VirtualPerson()


@pytest.fixture(scope="session")
def scenes(face: VirtualPerson) -> Scenes:
    """Rendered once for all pages: it takes seconds."""
    found = Scenes(face)
    found.prepare()
    return found
