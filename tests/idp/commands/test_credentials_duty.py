"""Before a secret or a key runs out, who looks after the app is told: once, and once more at the end."""

from datetime import timedelta

import pytest

from idp.apps.models import Role, TeamMember
from idp.commands.duties.credentials import credentials_duty
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.history import OPERATOR
from idp.oidc.room import KEY
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, VIEWER
from tests.idp.login.conftest import changes, clock, keys_text, prepared, site
from tests.idp.login.visitor import HALL, Site

__all__ = ["changes", "clock", "keys_text", "prepared", "site"]


@pytest.fixture
def team(site: Site) -> str:
    console.settle(site, DEVELOPER, VIEWER)
    team = console.own_team(site)
    console.joined(site, DEVELOPER, team)
    console.joined(site, VIEWER, team, Role.VIEWER)
    console.an_app(site, team, token_endpoint_auth_method="client_secret_basic")
    return team


def made(site: Site, label: str, days: int, client_id: str = "app-1") -> None:
    with site.services.sessions.begin() as session:
        changing.add_secret(
            session,
            client_id,
            label,
            expires_at=site.clock() + timedelta(days=days),
            actor=OPERATOR,
            context=console.context(site),
            secrets=site.app.extensions[KEY].authenticator.secrets,
        )


def told(site: Site) -> list[str]:
    """The messages of one round."""
    before = len(site.messages())
    credentials_duty(site.services).do()
    after = site.messages()
    return after[: len(after) - before]


def test_owners_and_developers_are_told_in_time_and_viewers_are_not(site: Site, team: str) -> None:
    made(site, "Server 1", 40)
    assert told(site) == []
    site.clock.advance(10 * 86_400)
    messages = told(site)
    assert len(messages) == 2
    assert all("App app-1" in one and "/keys" in one and "Server 1" not in one for one in messages)
    assert told(site) == []
    [event] = site.events("client_credential_expiring")
    assert (event["kind"], event["told"]) == ("secret", 2)
    # Once more in the last days, and never after the end.
    site.clock.advance(28 * 86_400)
    assert len(told(site)) == 2
    site.clock.advance(86_400)
    assert told(site) == []
    site.clock.advance(2 * 86_400)
    assert told(site) == []


def test_who_has_left_is_told_nothing(site: Site, team: str) -> None:
    with site.services.sessions.begin() as session:
        session.delete(session.get_one(TeamMember, (team, console.id_of(site, DEVELOPER))))
    made(site, "Server 1", 10)
    assert len(told(site)) == 1


def test_a_key_runs_out_too(site: Site, team: str) -> None:
    from tests.idp.oidc.clients.signing import jwks_of, new_key

    ends = int(site.clock().timestamp()) + 10 * 86_400
    with site.services.sessions.begin() as session:
        fields = changing.standing(session, "app-1").fields
        changing.change(
            session,
            "app-1",
            {**fields, "jwks": {"keys": [{**jwks_of(new_key())["keys"][0], "exp": ends}]}},
            actor=OPERATOR,
            context=console.context(site),
            secrets=site.app.extensions[KEY].authenticator.secrets,
        )
    # The secret that was made with it expires never: it was the operator's.
    assert len(told(site)) == 2
    [event] = site.events("client_credential_expiring")
    assert event["kind"] == "key"


def test_the_operators_own_clients_are_in_the_log_alone(site: Site, team: str) -> None:
    with site.services.sessions.begin() as session:
        fields = {
            **changing.standing(session, HALL).fields,
            "token_endpoint_auth_method": "client_secret_basic",
        }
        changing.change(
            session,
            HALL,
            fields,
            actor=OPERATOR,
            context=console.context(site),
            secrets=site.app.extensions[KEY].authenticator.secrets,
        )
    made(site, "Hall 2", 10, HALL)
    assert told(site) == []
    assert site.events("client_credential_expiring")[0]["told"] == 0


def test_old_secrets_are_dropped(site: Site, team: str) -> None:
    made(site, "Server 1", 1)
    site.clock.advance(31 * 86_400)
    credentials_duty(site.services).do()
    with site.services.sessions() as session:
        from tests.idp.oidc.clients.secret_rows import secrets_of

        assert secrets_of(session, "app-1") == []
