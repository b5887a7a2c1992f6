"""What was done in a team: whose deeds are there, and whose never."""

import pytest

from idp.apps import past
from idp.apps.models import Role
from idp.audit.events import CATALOGUE
from idp.audit.indexes import COMMON
from idp.developer.team.past_words import BY, TOLD
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, OWNER, STRANGER, VIEWER, at, post
from tests.idp.developer.filled import send
from tests.idp.login.visitor import Site


@pytest.fixture
def team_id(site: Site) -> str:
    console.settle(site, DEVELOPER, VIEWER, STRANGER)
    return console.own_team(site)


def told(site: Site, team_id: str, someone=OWNER) -> str:  # type: ignore[no-untyped-def]
    found = at(site, someone, f"/developer/teams/{team_id}/past").page.texts.get("past", "")
    return " ".join(found.split())


def test_it_tells_of_every_event_that_it_looks_for() -> None:
    names = (*past.OF_TEAMS, *past.OF_APPS, *past.OF_CLIENTS)
    assert set(TOLD) == set(names) <= set(CATALOGUE)
    assert not set(names) & set(COMMON), "an index leads to rare events alone"
    for name in past.OF_TEAMS:
        assert "team_id" in CATALOGUE[name].__annotations__
    for name in past.OF_APPS:
        assert "app_id" in CATALOGUE[name].__annotations__
    for name, field in BY.items():
        assert field in CATALOGUE[name].__annotations__


def test_who_did_what_to_which_app_member_and_token(site: Site, team_id: str) -> None:
    app_id = console.an_app(site, team_id)
    console.joined(site, DEVELOPER, team_id)
    owner = at(site, path=f"/developer/apps/{app_id}").submit("pause-form")
    site.clock.advance(1)
    send(owner.get(f"/developer/teams/{team_id}"), "member-2-role-form", role="viewer")
    site.clock.advance(1)
    send(owner.get("/developer/tokens"), "make-form", uses="3", days="7")
    found = told(site, team_id)
    in_order = (
        "Made a registration token, for 3 apps",
        f"Gave {DEVELOPER.name} another role: Viewer",
        f"Stopped the app · App app-1 {OWNER.name}",
        "Made the app · App app-1",
        f"Made the team {OWNER.name}",
    )
    places = [found.index(words) for words in in_order]
    assert places == sorted(places)
    # Stopping it changed its state, which is told once.
    assert "or let it go on" not in found


def test_of_an_app_that_is_gone_the_deeds_stay(site: Site, team_id: str) -> None:
    app_id = console.an_app(site, team_id)
    visitor = at(site, path=f"/developer/apps/{app_id}").submit("pause-form")
    visitor.get(f"/developer/apps/{app_id}/delete").submit("delete-form", confirm="app-1")
    found = told(site, team_id)
    assert f"Deleted the app · app-1 {OWNER.name}" in found
    assert f"Stopped the app · app-1 {OWNER.name}" in found


def test_attack_the_deeds_of_another_team(site: Site, team_id: str) -> None:
    other = console.own_team(site, STRANGER)
    theirs = console.an_app(site, other, STRANGER, client_id="other")
    at(site, STRANGER, f"/developer/apps/{theirs}").submit("pause-form")
    console.an_app(site, team_id)
    assert "Stopped the app" in told(site, other, STRANGER)
    found = told(site, team_id)
    assert "Stopped the app" not in found
    assert STRANGER.name not in found
    assert at(site, STRANGER).get(f"/developer/teams/{team_id}/past").status == 404


def test_attack_an_identifier_of_a_deleted_app_that_another_team_has_now(site: Site, team_id: str) -> None:
    app_id = console.an_app(site, team_id)
    visitor = at(site, path=f"/developer/apps/{app_id}/delete")
    visitor.submit("delete-form", confirm="app-1")
    theirs = console.an_app(site, console.own_team(site, STRANGER), STRANGER)
    stranger = at(site, STRANGER, f"/developer/apps/{theirs}/settings")
    send(stranger, "settings-form", contacts="ops@app.example")
    assert site.events("client_changed")[-1]["client_id"] == "app-1"
    assert "contacts" not in told(site, team_id)
    assert "contacts" in told(site, console.own_team(site, STRANGER), STRANGER)


def test_who_only_looks_sees_it_and_who_has_left_does_not(site: Site, team_id: str) -> None:
    console.joined(site, VIEWER, team_id, Role.VIEWER)
    assert "Made the team" in told(site, team_id, VIEWER)
    viewer = at(site, VIEWER, f"/developer/teams/{team_id}/past")
    post(viewer, f"/developer/teams/{team_id}/leave")
    assert viewer.get(f"/developer/teams/{team_id}/past").status == 404


def test_it_comes_in_pages(site: Site, team_id: str) -> None:
    for number in range(past.AT_ONCE):
        console.an_app(site, team_id, client_id=f"app-{number}")
        site.clock.advance(1)
    visitor = at(site, path=f"/developer/teams/{team_id}/past")
    assert "Made the team" not in visitor.page.texts["past"]
    assert "newest" not in visitor.page.elements
    visitor.click("older")
    assert "Made the team" in visitor.page.texts["past"]
    assert "older" not in visitor.page.elements
    assert visitor.click("newest").path.endswith("/past")


@pytest.mark.parametrize("after", ["x", "2026-01-01", "9" * 400, "2026-01-01T00:00:00Z/-1"])
def test_attack_a_place_that_is_none(site: Site, team_id: str, after: str) -> None:
    assert at(site).get(f"/developer/teams/{team_id}/past?after={after}").status == 404
