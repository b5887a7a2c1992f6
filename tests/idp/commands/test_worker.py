"""The worker's rhythm: each duty at its time, and one that fails stops no other."""

import json
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from idp import sessions
from idp.commands.duties.duty import Duty, work
from idp.commands.duties.notices import notices_duty
from tests.idp.oidc.conftest import (
    app,
    app_world,
    clock,
    configuration,
    master_document,
    master_keys,
    prepared,
)
from tests.idp.oidc.logout.clients import register
from tests.idp.oidc.world import HALL, World

__all__ = ["app", "app_world", "clock", "configuration", "master_document", "master_keys", "prepared"]

START = datetime(2026, 11, 1, tzinfo=UTC)


def test_a_duty_is_done_at_once_and_then_at_its_rhythm() -> None:
    done: list[int] = []
    duty = Duty("count", timedelta(seconds=60), lambda: done.append(1))
    for seconds in (0, 1, 59, 60, 61, 119, 120):
        duty.do_if_due(START + timedelta(seconds=seconds))
    assert len(done) == 3


def test_an_outage_is_logged_by_its_kind_alone_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> None:
        raise OperationalError("SELECT secret", {"number": "secret"}, Exception("secret"))

    duty = Duty("sweep", timedelta(seconds=60), fails)
    duty.do_if_due(START)
    duty.do_if_due(START + timedelta(seconds=60))
    assert [record.getMessage() for record in caplog.records] == ["sweep: OperationalError"] * 2


def test_a_mistake_in_the_code_is_not_hidden() -> None:
    def wrong() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        Duty("wrong", timedelta(), wrong).do_if_due(START)


def test_work_goes_on_until_it_is_stopped() -> None:
    stopping = Event()
    done: list[int] = []

    def stop() -> None:
        done.append(1)
        stopping.set()

    work([Duty("stop", timedelta(), stop)], lambda: START, stopping)
    assert done == [1]


def test_a_mistake_beside_stops_the_whole_worker() -> None:
    """Or one half of its work would lie still unnoticed; the supervisor starts it again."""
    stopping = Event()

    def wrong() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        work([Duty("wrong", timedelta(), wrong)], lambda: START, stopping)
    assert stopping.is_set()


def test_the_worker_tells_clients_through_the_guarded_client(app: Flask, app_world: World) -> None:
    """From the settings on: of our own network it asks nobody that `outbound.clients_allow` does not name."""
    register(app_world, HALL, backchannel_logout_uri="https://127.0.0.1:9/told")
    found = app.extensions["yitong"]
    sid = app_world.sign_in()
    app_world.code(HALL)
    with found.sessions.begin() as session:
        sessions.end(session, sid, app_world.clock())
    notices_duty(found).do_if_due(app_world.clock())
    (event,) = app_world.events("logout_failed")
    assert (event.client_id, event.actor) == (HALL, "worker")
    assert json.loads(event.payload)["reason"] == "address-refused"
