"""References typed in the console: the team's own are explained, nobody else's is told to exist."""

import re

import pytest

from idp.apps.models import Role
from idp.error_references import Cause, remember
from tests.idp.developer import console
from tests.idp.developer.console import CALLBACK, DEVELOPER, OWNER, STRANGER, VIEWER, at
from tests.idp.login.visitor import Site, Visitor

ERRORS = "/developer/errors"


def broken(site: Site, client_id: str = "app-1", redirect_uri: str = CALLBACK + "/") -> str:
    """The reference on the page of a request whose address is not registered."""
    visitor = site.visitor()
    visitor.get(f"/oauth2/authorize?client_id={client_id}&redirect_uri={redirect_uri}&response_type=code")
    return visitor.page.texts["reference"]


@pytest.fixture
def app(site: Site) -> str:
    return console.an_app(site, console.own_team(site))


def look(visitor: Visitor, reference: str) -> Visitor:
    return visitor.get(f"{ERRORS}?ref={reference}")


def test_a_reference_of_ones_own_app_is_explained(site: Site, app: str) -> None:
    visitor = look(at(site), broken(site).lower())
    assert visitor.status == 200
    assert visitor.page.elements["diagnosis"]["data-case"] == "redirect-uri-not-registered"
    assert visitor.shows("There is a slash at the end that is not registered.")
    assert f'href="/developer/apps/{app}/settings#field-redirect_uris"' in visitor.body
    assert "<del>/</del>" in visitor.body


def test_a_form_asks_for_the_reference(site: Site, app: str) -> None:
    assert "diagnosis" not in at(site, path=ERRORS).page.elements


def test_nobody_but_the_team_learns_of_it(site: Site, app: str) -> None:
    console.settle(site, STRANGER)
    stranger = at(site, STRANGER)
    theirs, unknown = look(stranger, broken(site)), None
    assert theirs.status == 404
    said = re.sub(r'value="[^"]*"|nonce="[^"]*"|next[^"]*"', "", theirs.page.texts["problem"])
    unknown = look(stranger, "0000-0000")
    assert unknown.status == 404
    assert unknown.page.texts["problem"] == said


def test_a_viewer_reads_and_a_former_member_does_not(site: Site) -> None:
    team = console.company_team(site, organisation := console.company(site))
    console.settle(site, VIEWER)
    mandate = console.mandated(site, VIEWER, organisation)
    console.joined(site, VIEWER, team, Role.VIEWER)
    console.an_app(site, team)
    reference = broken(site)
    viewer = at(site, VIEWER)
    assert look(viewer, reference).status == 200
    console.mandate_ends(site, mandate)
    assert look(viewer, reference).status == 404


def test_a_mistyped_client_id_is_nobodys_and_is_compared_with_ones_own_alone(site: Site, app: str) -> None:
    reference = broken(site, "app-11")
    visitor = look(at(site), reference)
    assert visitor.page.elements["diagnosis"]["data-case"] == "client-unknown"
    assert "app-1<del>1</del>" in visitor.body
    console.settle(site, STRANGER)
    other = look(at(site, STRANGER), reference)
    assert other.status == 200
    assert "app-1<del>" not in other.body
    assert ">app-1<" not in other.body


def test_an_error_of_a_page_that_is_about_no_app_is_nobodys(site: Site, app: str) -> None:
    visitor = site.visitor().get("/nothing-here")
    assert look(at(site), visitor.page.texts["reference"]).status == 404


def test_the_page_of_the_error_leads_there_in_the_sandbox(site: Site, app: str) -> None:
    visitor = site.visitor().get("/oauth2/authorize?client_id=nobody")
    assert visitor.page.elements["to-doctor"]["href"].startswith(f"{ERRORS}?ref=")
    assert "to-doctor" not in site.visitor().get("/nothing-here").page.elements


def test_attack_references_are_guessed(site: Site, app: str) -> None:
    visitor = at(site)
    statuses = [look(visitor, f"0000-{number:04}").status for number in range(25)]
    assert statuses[0] == 404
    assert statuses[-1] == 429


def test_who_is_not_signed_in_comes_back_after_it(site: Site, app: str) -> None:
    reference = broken(site)
    visitor = site.visitor().get(f"{ERRORS}?ref={reference}")
    assert visitor.path == "/login"
    assert visitor.sign_in(OWNER).page.elements["diagnosis"]["data-case"] == "redirect-uri-not-registered"


def test_secrets_of_the_request_are_not_on_the_page(site: Site, app: str) -> None:
    console.settle(site, DEVELOPER)
    address = f"{CALLBACK}?code=Zx9SECRETvalue12345"
    visitor = look(at(site), broken(site, redirect_uri=address.replace("?", "%3F").replace("=", "%3D")))
    assert visitor.status == 200
    assert "SECRET" not in visitor.body


@pytest.mark.parametrize("is_sandbox", [True, False])
def test_what_a_cause_says_of_the_person_is_told_in_the_sandbox_alone(
    site: Site, app: str, is_sandbox: bool
) -> None:
    cause = Cause(
        *(site.clock(), "authorize", "access_denied", "The person did not agree."),
        "nobody whom the client accepts",
        client_id="app-1",
    )
    reference = remember(site.services.store, cause)
    visitor = at(site)
    settings = site.services.settings
    kept = settings.sandbox
    object.__setattr__(settings, "sandbox", is_sandbox)
    try:
        look(visitor, reference)
    finally:
        object.__setattr__(settings, "sandbox", kept)
    assert visitor.page.elements["diagnosis"]["data-case"] == "person-refused"
    assert visitor.shows("nobody whom the client accepts") == is_sandbox
