"""Fixtures that every test may ask for. Servers start when a test first needs them; files lie in memory."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

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
    "one_chromium",
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


MEMORY = Path("/dev/shm")
ROOM_BYTES = 2 << 30
"""Far more than the files of all tests that run at the same time."""


def pytest_configure(config: pytest.Config) -> None:
    """Keep the tests' files in memory, where there is room: SQLite waits for a disk at each commit.

    Not where nothing in it may be executed: some tests write programs.
    """
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM_BYTES
    if has_room and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was loaded until now stays to the end: no collection of garbage need look through it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def one_chromium() -> Iterator[Browser]:
    """For all tests: Playwright's synchronous API runs once in a process."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def browser(one_chromium: Browser) -> Browser:
    """As Playwright's own fixtures ask for it. Some rooms have a browser of another kind by this name."""
    return one_chromium


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
