"""In production an app is a draft first; and later what gives it more waits until it was looked at."""

import pytest

from idp.apps import editing
from idp.apps.models import App
from tests.idp.developer import console
from tests.idp.developer.console import at
from tests.idp.developer.filled import send
from tests.idp.login.visitor import Site


@pytest.fixture
def changes() -> dict[str, str]:
    return {"IDP_SANDBOX": "false"}


@pytest.fixture
def team_id(site: Site) -> str:
    return console.company_team(site, console.company(site))


def standing(site: Site, app_id: str) -> editing.Editable:
    with site.services.sessions() as session:
        return editing.standing(session, session.get_one(App, app_id))


def test_the_wizard_makes_a_draft_without_a_secret(site: Site, team_id: str) -> None:
    visitor = at(site, path=f"/developer/apps/new?team={team_id}&kind=portal")
    send(visitor, "new-form", client_name="Fees", redirect_uris="https://fees.example/callback")
    assert visitor.status == 200, visitor.body
    assert "new-secret" not in visitor.page.elements
    assert not site.events("client_registered")
    app_id = site.events("app_made")[0]["app_id"]
    visitor = at(site, path=f"/developer/apps/{app_id}/settings")
    send(visitor, "settings-form", client_name="Fees of the town", contacts="ops@fees.example")
    send(at(site, path=f"/developer/apps/{app_id}/scopes"), "scopes-form", **{"reason:profile": "To greet."})
    now = standing(site, app_id)
    assert now.fields["client_name"] == "Fees of the town"
    assert now.reasons == {"profile": "To greet."}


def test_of_an_approved_app_names_and_new_hosts_wait(site: Site, team_id: str) -> None:
    app_id = console.an_app(site, team_id)
    visitor = at(site, path=f"/developer/apps/{app_id}/settings")
    wanted = {"client_name": "Police", "redirect_uris": "https://other.example/callback"}
    send(visitor, "settings-form", contacts="ops@app.example", **wanted)
    assert visitor.status == 422
    assert "redirect_uris" in visitor.page.texts["waiting"]
    assert "client_name" in visitor.page.texts["waiting"]
    assert visitor.page.texts["waiting"].count("contacts") == 1  # among those that never wait
    assert visitor.page.elements["field-client_name"]["value"] == "Police"
    assert "contacts" not in standing(site, app_id).fields
    assert not site.events("client_changed")


def test_of_an_approved_app_contacts_and_closer_bounds_hold_at_once(site: Site, team_id: str) -> None:
    app_id = console.an_app(site, team_id)
    visitor = at(site, path=f"/developer/apps/{app_id}/settings")
    send(visitor, "settings-form", contacts="ops@app.example", dpop_bound_access_tokens="true")
    assert visitor.query.get("said") == "saved"
    scopes = at(site, path=f"/developer/apps/{app_id}/scopes")
    assert send(scopes, "scopes-form", minimum_level="3").query.get("said") == "saved"
    assert standing(site, app_id).fields["dpop_bound_access_tokens"] is True


def test_of_an_approved_app_scopes_wait(site: Site, team_id: str) -> None:
    app_id = console.an_app(site, team_id)
    visitor = at(site, path=f"/developer/apps/{app_id}/scopes")
    send(visitor, "scopes-form", scope=["openid", "profile", "phone"], **{"reason:phone": "To call."})
    assert visitor.status == 422
    assert "scope" in visitor.page.texts["waiting"]
    assert standing(site, app_id).reasons == {}
    assert visitor.page.elements["reason-phone"]["value"] == "To call."
