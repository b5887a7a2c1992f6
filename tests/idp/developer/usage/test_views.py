"""The page: figures, limits, files; for the app's team alone."""

import json

import pytest

from idp.apps.models import Role
from tests.idp.developer import console
from tests.idp.developer.console import STRANGER, VIEWER, at
from tests.idp.login.visitor import Site


@pytest.fixture
def app(site: Site) -> str:
    """Where it is in the console."""
    return f"/developer/apps/{console.an_app(site, console.own_team(site))}"


def asked(site: Site, times: int) -> None:
    """By the app, which keeps no secret, with codes that are none."""
    form = {"grant_type": "authorization_code", "client_id": "app-1", "code": "none"}
    for _ in range(times):
        site.app.test_client().post("/oauth2/token", data=form, base_url="https://id.example")


@pytest.fixture
def changes() -> dict[str, str]:
    return {
        "IDP_CLIENT_LIMITS__PUBLIC_REQUESTS_PER_ADDRESS_PER_MINUTE": "4",
        "IDP_CLIENT_LIMITS__REQUESTS_PER_MINUTE": "4",
        "IDP_CLIENT_LIMITS__SIGN_INS_PER_DAY": "40",
        "IDP_CLIENT_LIMITS__MESSAGES_PER_DAY": "0",
    }


def test_a_developer_sees_what_they_have_just_tried(site: Site, app: str) -> None:
    asked(site, 6)
    visitor = at(site, path=f"{app}/usage")
    assert visitor.status == 200
    assert "6" in visitor.page.texts["figure-requests"]
    assert "2" in visitor.page.texts["figure-limited"]
    assert "100" in visitor.page.texts["figure-limited"]
    assert "/oauth2/token" in visitor.page.texts["endpoints"]


def test_it_says_what_the_app_may_use_and_when_that_begins_anew(site: Site, app: str) -> None:
    visitor = at(site, path=f"{app}/usage")
    assert "4 requests a minute" in visitor.page.texts["limits"]
    assert "0 of 40" in visitor.page.texts["quota-sign-ins"]
    assert "quota-messages" not in visitor.page.elements
    assert "midnight" in visitor.page.texts["resets"]


@pytest.mark.parametrize("wanted", ["24h", "7d", "30d", "nonsense"])
def test_every_range_has_a_page(site: Site, app: str, wanted: str) -> None:
    assert at(site, path=f"{app}/usage?range={wanted}").status == 200


def test_the_same_as_a_file(site: Site, app: str) -> None:
    asked(site, 3)
    visitor = at(site, path=f"{app}/usage.json")
    found = json.loads(visitor.body)
    assert found["client_id"] == "app-1"
    assert found["buckets"][-1]["requests"] == {"token": 3}
    visitor.get(f"{app}/usage.csv?range=7d")
    assert visitor.body.startswith("begins,measure,name,count\r\n")
    assert visitor.get(f"{app}/usage.xml").status == 404


def test_who_looks_on_may_see_it_and_a_stranger_not(site: Site, app: str) -> None:
    console.settle(site, VIEWER, STRANGER)
    console.joined(site, VIEWER, console.own_team(site), Role.VIEWER)
    for path in (f"{app}/usage", f"{app}/usage.csv", f"{app}/usage.json"):
        assert at(site, VIEWER, path).status == 200
        assert at(site, STRANGER, path).status == 404


def test_a_draft_has_used_nothing(site: Site) -> None:
    draft = console.a_draft(site, console.own_team(site))
    assert at(site, path=f"/developer/apps/{draft}/usage").status == 404
