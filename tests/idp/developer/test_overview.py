"""The first page of an app: what is there, stopping it, taking it away."""

import re

import pytest

from idp.apps.models import Role
from idp.audit.context import AuditContext
from idp.oidc.clients.models import ClientRecord, ClientStatus
from idp.oidc.registration import records
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, VIEWER, at, post
from tests.idp.login.visitor import Site


@pytest.fixture
def app(site: Site) -> str:
    """Where its page is."""
    return f"/developer/apps/{console.an_app(site, console.own_team(site))}"


def status(site: Site) -> str:
    with site.services.sessions() as session:
        return session.get_one(ClientRecord, "app-1").status


def set_status(site: Site, to: ClientStatus) -> None:
    with site.services.sessions.begin() as session:
        session.get_one(ClientRecord, "app-1").status = to


def test_it_says_what_a_program_needs_and_what_is_missing(site: Site, app: str) -> None:
    visitor = at(site, path=app)
    assert visitor.page.texts["client-id"] == "app-1"
    assert visitor.page.texts["discovery"].endswith("/.well-known/openid-configuration")
    assert "It has a logo" in visitor.page.texts["missing"]


@pytest.mark.parametrize("page", ["", "/going-live"])
def test_each_thing_that_is_missing_leads_to_where_it_is_mended(site: Site, app: str, page: str) -> None:
    """To the very field, where there is one; what somebody has to do first is in the documentation."""
    visitor = at(site, path=app + page)
    link = re.compile(r'id="check-([\w-]+)".*?<a href="([^"]+)" aria-label="Mend it', re.DOTALL)
    ways = link.findall(visitor.body)
    there = {"named", "reasons", "purpose", "policy", "contacts", "logout", "logo", "terms"}
    assert {name for name, _way in ways} == there | ({"signed-in", "checked"} if page else set())
    for name, way in ways:
        path, _, anchor = way.partition("#")
        visitor.get(path)
        assert visitor.status == 200, way
        assert not anchor or anchor in visitor.page.elements, way
        assert path.startswith("/docs/") == (name == "signed-in")


def test_a_draft_has_no_client_yet(site: Site) -> None:
    draft = console.a_draft(site, console.own_team(site), client_name="To be")
    visitor = at(site, path=f"/developer/apps/{draft}")
    assert visitor.shows("To be")
    assert visitor.shows("None yet")
    assert "pause-form" not in visitor.page.forms


def test_a_team_stops_its_app_and_lets_it_go_on(site: Site, app: str) -> None:
    visitor = at(site, path=app).submit("pause-form")
    assert status(site) == "paused"
    assert visitor.shows("Stopped by the team")
    visitor.submit("resume-form")
    assert status(site) == "active"
    assert len(site.events("app_paused")) == len(site.events("app_resumed")) == 1


@pytest.mark.parametrize("by", [ClientStatus.SUSPENDED, ClientStatus.FROZEN])
def test_attack_a_team_lets_go_on_what_somebody_else_stopped(site: Site, app: str, by: ClientStatus) -> None:
    set_status(site, by)
    visitor = at(site, path=app)
    assert "app-stopped" in visitor.page.elements
    assert "resume-form" not in visitor.page.forms
    assert post(visitor, f"{app}/resume").status == 422
    assert status(site) == by
    assert site.events("developer_refused")[0]["reason"] == "state"


def test_whoever_deletes_types_which_one(site: Site, app: str) -> None:
    visitor = at(site, path=f"{app}/delete")
    assert visitor.submit("delete-form", confirm="app-2").status == 422
    visitor.submit("delete-form", confirm="app-1")
    assert visitor.shows("The app is deleted")
    with site.services.sessions() as session:
        assert session.get(ClientRecord, "app-1") is None
    assert visitor.get(app).status == 404
    assert site.events("client_deleted")[0]["reason"] == "by-its-team"


def test_attack_a_team_deletes_what_was_frozen(site: Site, app: str) -> None:
    set_status(site, ClientStatus.FROZEN)
    visitor = at(site, path=app)
    assert post(visitor, f"{app}/delete", confirm="app-1").status == 422
    assert status(site) == "frozen"


def test_attack_undoing_and_new_secrets_of_an_app_that_was_frozen(site: Site) -> None:
    """What the security staff look at stays as it is."""
    team_id = console.own_team(site)
    app = f"/developer/apps/{console.an_app(site, team_id, token_endpoint_auth_method='client_secret_basic')}"
    at(site, path=f"{app}/settings").submit("settings-form", contacts="ops@app.example")
    set_status(site, ClientStatus.FROZEN)
    visitor = at(site, path=app)
    for path, typed in (
        (f"{app}/history/1/undo", {"expected": "2"}),
        (f"{app}/keys/secrets", {"label": "Mine", "days": "90"}),
    ):
        assert post(visitor, path, **typed).status == 422, path
    assert {one["reason"] for one in site.events("developer_refused")} == {"state"}
    assert len(site.events("client_changed")) == 1
    assert len(site.events("client_secret_made")) == 1, "with the save before"


def test_a_developer_stops_and_does_not_delete(site: Site, app: str) -> None:
    console.settle(site, DEVELOPER)
    console.joined(site, DEVELOPER, console.own_team(site), Role.DEVELOPER)
    visitor = at(site, DEVELOPER, app)
    assert "pause-form" in visitor.page.forms
    assert visitor.get(f"{app}/delete").status == 403


def test_whoever_takes_the_client_away_takes_the_app_along(site: Site, app: str) -> None:
    with site.services.sessions.begin() as session:
        context = AuditContext(site.clock(), actor="operator")
        records.remove(session, "app-1", records.BY_THE_OPERATOR, context=context)
    assert at(site, path=app).status == 404
    assert console.app_of(site, app.rpartition("/")[2]) is None


def test_attack_two_owners_take_the_team_from_each_other(site: Site, app: str) -> None:
    console.settle(site, DEVELOPER, VIEWER)
    team_id = console.own_team(site)
    for one in (DEVELOPER, VIEWER):
        console.joined(site, one, team_id, Role.OWNER)
    team = f"/developer/teams/{team_id}"
    first, second = at(site, DEVELOPER, team), at(site, VIEWER, team)
    other = console.id_of(site, VIEWER)
    assert post(first, f"{team}/members/{other}/remove").status == 303
    assert post(second, f"{team}/members/{console.id_of(site, DEVELOPER)}/remove").status == 404
