"""The worker's rhythm: each duty at its time, and one that fails stops no other."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from idp.commands.worker import Duty

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
