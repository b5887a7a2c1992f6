"""The first page of the console, as its people meet it."""

import pytest

from idp.people.models import Person
from idp.people.sandbox.population import population
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, OWNER, at
from tests.idp.login.visitor import Site, Someone


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


def test_the_account_leads_to_the_console(site: Site) -> None:
    visitor = site.visitor().get("/account").sign_in().click("developer")
    assert visitor.path == "/developer"


class TestProduction:
    """Where everybody is real, nobody has a team of their own."""

    @pytest.fixture
    def changes(self) -> dict[str, str]:
        return {"IDP_SANDBOX": "false"}

    def test_whoever_may_act_for_no_organisation_is_told_what_to_do(self, site: Site) -> None:
        visitor = at(site)
        assert (visitor.status, visitor.path) == (200, "/developer")
        assert visitor.shows("You are in no team yet")
        assert site.events("team_made") == []
        assert visitor.get("/developer/tokens").status == 404
        assert "developer" not in visitor.get("/account").page.elements

    def test_whoever_may_makes_its_team(self, site: Site) -> None:
        console.company(site)
        visitor = site.visitor().get("/account").sign_in().click("developer")
        assert visitor.submit("organisation-1-form").path.startswith("/developer/teams/")


def test_attack_a_sign_in_of_level_1_reaches_the_console(site: Site) -> None:
    with site.services.sessions.begin() as session:
        session.get_one(Person, console.id_of(site, OWNER)).level = 1
    visitor = site.visitor().get("/developer").sign_in()
    assert visitor.path != "/developer"


def test_who_everybody_can_sign_in_as_is_told_so(site: Site) -> None:
    shared = next(one for one in population(site.clock().date()) if one.account is not None)
    someone = Someone(shared.name, shared.number.value, "+8613800139999", "shared password 1", None)
    console.settle(site, someone)
    visitor = at(site, someone)
    assert "shared-person" in visitor.page.elements
    assert visitor.page.elements["own-person"]["href"] == "/sandbox/people/own"
    assert "shared-person" not in at(site).page.elements


def test_whoever_works_stays_signed_in_and_a_page_left_open_keeps_nobody_in(site: Site) -> None:
    half = site.services.settings.protocol.session_idle_seconds // 2 + 60
    visitor = at(site)
    for _ in range(3):
        site.clock.advance(half)
        assert visitor.get("/developer").path == "/developer"
    for _ in range(2):
        site.clock.advance(half)
        environment = visitor._environment()
        environment["headers"]["Sec-Fetch-Dest"] = "empty"
        visitor.client.get("/developer", **environment)
    assert visitor.get("/developer").path == "/login"
