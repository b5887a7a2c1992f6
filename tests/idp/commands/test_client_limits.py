"""What an operator allows one client."""

import json

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from idp.audit.models import AuditEvent
from idp.oidc.clients.limits import ClientLimit
from tests.idp.commands.test_clients import database, run
from tests.idp.oidc.world import HALL

__all__ = ["database"]


def kept(database: Engine) -> list[ClientLimit]:
    with Session(database) as session:
        return list(session.scalars(select(ClientLimit)))


def events(database: Engine) -> list[dict[str, object]]:
    with Session(database) as session:
        found = session.scalars(select(AuditEvent.payload).where(AuditEvent.name == "client_limit_set"))
        return [json.loads(payload) for payload in found]


def test_a_class_and_numbers_are_kept_with_an_event_each_time(database: Engine) -> None:
    assert run("limit", HALL, "--class", "large").exit_code == 0
    result = run("limit", HALL, "--sign-ins-per-day", "10")
    assert "large" in result.output
    assert "10" in result.output
    (row,) = kept(database)
    assert (row.limit_class, row.sign_ins_per_day, row.requests_per_minute) == ("large", 10, None)
    assert events(database) == [
        {"limit_class": "large"},
        {"limit_class": "large", "sign_ins_per_day": 10},
    ]


def test_the_same_again_is_no_event(database: Engine) -> None:
    run("limit", HALL, "--requests-per-minute", "70")
    run("limit", HALL, "--requests-per-minute", "70")
    assert len(events(database)) == 1


def test_shown_without_options(database: Engine) -> None:
    assert run("limit", HALL).output.count("as the settings say") == 4
    assert events(database) == []


def test_taken_back_nothing_is_left(database: Engine) -> None:
    run("limit", HALL, "--class", "large")
    assert run("limit", HALL, "--standard").exit_code == 0
    assert kept(database) == []
    assert len(events(database)) == 2


def test_neither_an_unknown_client_nor_an_unknown_class(database: Engine) -> None:
    assert "there is no client" in run("limit", "nobody", "--class", "large").output
    assert "has: large, resource_server" in run("limit", HALL, "--class", "huge").output
    assert kept(database) == []


def test_they_go_with_the_client(database: Engine) -> None:
    run("limit", HALL, "--class", "large")
    assert run("delete", HALL, "--yes").exit_code == 0
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(ClientLimit)) == 0
