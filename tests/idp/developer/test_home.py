"""The first page of the console, as its people meet it."""

from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, OWNER, at
from tests.idp.login.visitor import Site


def test_somebody_new_has_a_team_of_their_own_and_is_told_what_to_do_first(site: Site) -> None:
    visitor = at(site)
    assert (visitor.status, visitor.path) == (200, "/developer")
    assert "empty" in visitor.page.elements
    assert "/developer/apps/new?team=" in visitor.page.elements["team-1-new"]["href"]
    visitor.get("/developer")
    (made,) = site.events("team_made")
    assert made["person_id"] == console.id_of(site, OWNER)


def test_apps_stand_with_their_client_ids(site: Site) -> None:
    app_id = console.an_app(site, console.own_team(site), client_name="Fees of the town")
    visitor = at(site)
    assert "empty" not in visitor.page.elements
    assert visitor.shows("Fees of the town")
    assert visitor.shows("app-1")
    visitor.get(f"/developer/apps/{app_id}")
    assert visitor.page.texts["client-id"] == "app-1"


def test_who_may_act_for_an_organisation_makes_its_team(site: Site) -> None:
    organisation_id = console.company(site)
    visitor = at(site)
    visitor.submit("organisation-1-form")
    assert visitor.path.startswith("/developer/teams/") or visitor.status == 404
    assert site.events("team_made")[-1]["organisation_id"] == organisation_id


def test_attack_making_a_team_for_an_organisation_that_one_may_not_act_for(site: Site) -> None:
    console.settle(site, DEVELOPER)
    organisation_id = console.company(site)
    visitor = at(site, DEVELOPER)
    assert console.post(visitor, "/developer/teams", organisation=organisation_id).status == 422
    assert site.events("developer_refused")[0]["reason"] == "not_found"
