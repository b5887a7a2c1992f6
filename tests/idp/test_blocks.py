"""Blocked ranges: seen soon by every process, read seldom."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from idp.blocks import SECONDS, AddressBlock, Blocks, sweep
from idp.storage.base import new_id
from tests.fakes import FakeClock
from tests.idp.oidc.conftest import clock, configuration, engine, master_document, master_keys, prepared

__all__ = ["clock", "configuration", "engine", "master_document", "master_keys", "prepared"]


def block(engine: Engine, clock: FakeClock, network: str, seconds: int = 3600) -> None:
    with Session(engine) as session, session.begin():
        until = clock() + timedelta(seconds=seconds)
        session.add(AddressBlock(id=new_id(clock()), network=network, until=until))


def test_a_block_is_seen_by_every_process_after_two_seconds(engine: Engine, clock: FakeClock) -> None:
    blocks = Blocks(engine, clock)
    assert not blocks.cover("203.0.113.9")
    block(engine, clock, "203.0.113.0/24")
    assert not blocks.cover("203.0.113.9")
    clock.advance(SECONDS)
    assert blocks.cover("203.0.113.9")
    assert blocks.cover("::ffff:203.0.113.9")
    assert not blocks.cover("203.0.114.9")
    assert not blocks.cover("")


def test_who_changed_it_sees_it_at_once(engine: Engine, clock: FakeClock) -> None:
    blocks = Blocks(engine, clock)
    assert not blocks.cover("203.0.113.9")
    block(engine, clock, "203.0.113.9/32")
    blocks.forget()
    assert blocks.cover("203.0.113.9")


def test_it_is_over_at_its_time_without_a_look(engine: Engine, clock: FakeClock) -> None:
    block(engine, clock, "2001:db8::/32", seconds=1)
    blocks = Blocks(engine, clock)
    assert blocks.cover("2001:db8::7")
    clock.advance(1)
    assert not blocks.cover("2001:db8::7")


def test_no_request_reads_a_row_because_of_them(engine: Engine, clock: FakeClock) -> None:
    block(engine, clock, "203.0.113.0/24")
    blocks = Blocks(engine, clock)
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    for _ in range(1000):
        blocks.cover("203.0.113.9")
    assert len([text for text in seen if text.startswith("SELECT")]) == 1


def test_an_outage_changes_nothing(engine: Engine, clock: FakeClock) -> None:
    block(engine, clock, "203.0.113.0/24")
    blocks = Blocks(engine, clock)
    assert blocks.cover("203.0.113.9")
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE address_blocks RENAME TO gone")
    clock.advance(SECONDS)
    assert blocks.cover("203.0.113.9")


@pytest.mark.parametrize("seconds", [1, 60])
def test_what_is_over_is_swept(engine: Engine, clock: FakeClock, seconds: int) -> None:
    block(engine, clock, "203.0.113.0/24", seconds=seconds)
    clock.advance(30)
    with Session(engine) as session, session.begin():
        assert sweep(session, clock()) == (1 if seconds == 1 else 0)
