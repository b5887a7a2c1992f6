"""Whoever reads the log copes with what older and later programs wrote, and with what a forger did."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text

from idp.audit import AuditContext, AuditLog
from idp.audit.events.signing_in import SignedIn, SignInRefused
from idp.audit.paging import Span, in_order
from idp.audit.recorded import COLUMNS, UNREADABLE, Recorded
from tests.idp.audit.test_log import CONTEXT, PERSON, engine, log

__all__ = ["engine", "log"]


def recorded(name: str, payload: str) -> Recorded:
    row: dict[str, Any] = {column.name: None for column in COLUMNS}
    row |= {"xid": 1, "seq": 2, "id": PERSON, "at": CONTEXT.at, "name": name, "payload": payload}
    return Recorded.of(list(row.values()))


def test_an_old_event_lacks_what_came_later() -> None:
    assert recorded("signed_in", '{"level":2}').fields == {"level": 2}
    assert recorded("signed_in", '{"level":2}').is_known


def test_what_a_later_program_wrote_is_kept() -> None:
    later = recorded("signed_in", '{"hue":"green","level":2,"v":7}')
    assert (later.version, later.fields, later.is_known) == (7, {"hue": "green", "level": 2}, False)
    assert not recorded("teleported", "{}").is_known


@pytest.mark.parametrize("payload", ["", "7", '"v"', "[1]", "{", '{"v":"x"}', "null"])
def test_a_forged_payload_does_not_stop_the_reader(payload: str) -> None:
    found = recorded("signed_in", payload)
    assert (found.version, found.fields, found.is_known) == (UNREADABLE, {"payload": payload}, False)


@pytest.mark.parametrize("payload", [None, b"\xff", 7])
def test_what_is_no_text_in_the_place_of_a_payload_does_not_stop_the_reader(payload: Any) -> None:
    """Who rules the database may change what its columns take."""
    assert recorded("signed_in", payload).fields == {"payload": str(payload)}


def test_the_version_stands_in_the_log(engine: Engine, log: AuditLog) -> None:
    context = AuditContext(datetime(2026, 1, 2, tzinfo=UTC))
    log.append(SignInRefused("wrong", "pwd"), context)
    log.append(SignedIn(PERSON, "hall", 2, ("pwd",)), context)
    with engine.connect() as connection:
        payloads = connection.scalars(text("SELECT payload FROM audit_events ORDER BY seq")).all()
    assert payloads == ['{"method":"pwd","reason":"wrong","v":2}', '{"level":2,"methods":["pwd"]}']
    assert [(found.version, found.is_known) for found in in_order(engine, Span())] == [
        (2, True),
        (1, True),
    ]
