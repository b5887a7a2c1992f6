"""Measures from the command line, for when the desk cannot be reached."""

from click.testing import CliRunner, Result
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from idp.commands.measures import measures
from idp.measures.models import Measure
from idp.oidc.clients.models import ClientRecord
from tests.idp.commands.test_clients import database
from tests.idp.commands.test_clients import run as clients
from tests.idp.oidc.conftest import HALL

__all__ = ["database"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(measures, arguments)


def status(database: Engine) -> str:
    with Session(database) as session:
        return session.get_one(ClientRecord, HALL).status


def the_one(database: Engine) -> str:
    with Session(database) as session:
        return session.scalars(select(Measure.id)).one()


def test_a_client_is_frozen_and_thawed_and_not_resumed_meanwhile(database: Engine) -> None:
    done = run("freeze", "client", HALL, "--reason", "misconduct")
    assert done.exit_code == 0, done.output
    assert status(database) == "frozen"
    assert "freeze client hall" in run("list").output
    refused = clients("resume", HALL)
    assert refused.exit_code == 1
    assert "frozen by the security staff" in refused.output
    assert run("undo", the_one(database)).exit_code == 0
    assert status(database) == "active"
    assert run("list").output == ""
    assert "undone" in run("list", "--all").output


def test_sessions_of_one_thing_at_a_time_are_ended(database: Engine) -> None:
    assert run("end-sessions").exit_code == 2
    assert run("end-sessions", "--client", HALL, "--from", "203.0.113.0/24").exit_code == 2
    done = run("end-sessions", "--from", "203.0.113.0/24")
    assert done.exit_code == 0, done.output
    assert "sessions ended: 0" in done.output


def test_what_must_not_be_blocked_is_not(database: Engine) -> None:
    refused = run("block", "127.0.0.1")
    assert refused.exit_code == 1
    assert "refused: needed" in refused.output
    assert run("block", "203.0.113.0/24", "--hours", "2").exit_code == 0
    assert "refused: already" in run("block", "203.0.113.0/24").output
