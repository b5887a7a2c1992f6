"""`idp sandbox test-token`, and what the worker sweeps in a sandbox alone."""

from pathlib import Path

import pytest

from idp.commands.duties.sandbox import sandbox_duties
from idp.commands.opening import opened
from idp.oidc.clients.models import ClientRecord
from idp.sandbox.outcomes.app_tokens import AppTokens
from tests.idp.commands.test_sandbox_traffic import place, rows, run

__all__ = ["place"]


@pytest.fixture
def app(place: Path) -> str:
    with opened() as found, found.sessions.begin() as session:
        now = found.clock()
        record = ClientRecord(
            client_id="hall", sector="hall.example", metadata_json={}, created_at=now, updated_at=now
        )
        record.metadata_json = {
            "client_id": "hall",
            "client_name": "Hall",
            "sector": "hall.example",
            "redirect_uris": ["https://hall.example/callback"],
            "token_endpoint_auth_method": "none",
        }
        session.add(record)
    return "hall"


def test_a_token_is_printed_and_opens_this_app(app: str) -> None:
    text = run("sandbox", "test-token", app, "--name", "CI").output.strip()
    with opened() as found:
        tokens = AppTokens(found.store, found.clock)
        assert tokens.opens(app, text) is not None
        assert tokens.opens("tax", text) is None
        assert [one.name for one in tokens.of(app)] == ["CI"]
    assert rows("sandbox_app_token_made") == 1


def test_apps_that_are_not_there_and_too_many_tokens(app: str) -> None:
    assert "no such app" in run("sandbox", "test-token", "nobody", code=1).output
    for _ in range(5):
        run("sandbox", "test-token", app)
    assert "as many as it may" in run("sandbox", "test-token", app, code=1).output


def test_there_is_none_without_a_sandbox(app: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDP_SANDBOX", "false")
    assert "not a sandbox" in run("sandbox", "test-token", app, code=1).output
    with opened() as found:
        assert sandbox_duties(found) == []


def test_the_worker_sweeps_own_people(place: Path) -> None:
    with opened() as found:
        (duty,) = sandbox_duties(found)
        duty.do()
