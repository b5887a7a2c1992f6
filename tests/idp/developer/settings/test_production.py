"""In production an app is a draft first; and later what gives it more waits until it was looked at."""

from typing import Any

import pytest
from sqlalchemy import select

from idp.apps import editing
from idp.apps.going_live.asking import PACKAGE
from idp.apps.going_live.models import AppRequest
from idp.apps.models import App, Team
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER, at
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


READY = {
    "client_name#zh-CN": "缴费",
    "policy_uri": "https://app.example/privacy",
    "contacts": ["ops@app.example"],
    "purpose#zh-CN": "用于办理缴费。",
}

DRAFT = {
    "client_id": "app-abcdefghijkl",
    "sector": "app.example",
    "client_name": "Fees",
    "redirect_uris": [console.CALLBACK],
}


def approved(site: Site, team_id: str) -> str:
    """An app that the sandbox has said well of."""
    app_id = console.an_app(site, team_id, scope="openid", **READY)
    report = {"by": "server", "made_at": site.clock().isoformat(), "has_passed": True}
    package = {"seen": {"sign_ins": 3, "report": report}, "thumbprints": []}
    with site.services.sessions.begin() as session:
        session.get_one(App, app_id).told = {PACKAGE: package}
    return app_id


def requests(site: Site) -> list[AppRequest]:
    with site.services.sessions() as session:
        return list(session.scalars(select(AppRequest)))


def test_what_waits_is_asked_for_from_where_it_was_typed(site: Site, team_id: str) -> None:
    app_id = approved(site, team_id)
    visitor = at(site, path=f"/developer/apps/{app_id}/settings")
    wanted = "https://app.example/callback\nhttps://other.example/callback"
    send(visitor, "settings-form", redirect_uris=wanted)
    assert visitor.page.elements["ask"]["form"] == "settings-form"
    send(visitor, "settings-form", ask="1")
    assert visitor.path == f"/developer/apps/{app_id}/going-live", visitor.body
    (request,) = requests(site)
    assert request.fields["redirect_uris"] == wanted.split("\n")
    assert standing(site, app_id).fields["redirect_uris"] == [console.CALLBACK]
    assert site.events("app_request_made")[0]["is_new"] is False


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("settings", {"redirect_uris": f"{console.CALLBACK}\nhttps://other.example/callback"}),
        ("scopes", {"scope": ["openid", "phone"], "reason:phone": "To call."}),
    ],
    ids=["settings", "scopes"],
)
def test_attack_a_console_that_was_left_open_asks_for_more(
    site: Site, team_id: str, page: str, typed: dict[str, Any]
) -> None:
    """As for going live itself: an owner, on a fresh proof."""
    path = f"/developer/apps/{approved(site, team_id)}/{page}"
    visitor = at(site, path=path)
    site.clock.advance(1800)
    visitor.get(path)
    send(visitor, f"{page}-form", **typed, ask="1")
    assert visitor.status == 422
    assert visitor.page.elements["prove"]["href"].endswith(f"/{page}?prove=1")
    assert requests(site) == []
    assert visitor.get(f"{path}?prove=1").path == "/login"


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("settings", {"client_name": "Police"}),
        ("scopes", {"scope": ["openid", "phone"], "reason:phone": "To call."}),
    ],
    ids=["settings", "scopes"],
)
def test_attack_a_developer_gives_a_live_app_more_without_an_owner(
    site: Site, team_id: str, page: str, typed: dict[str, Any]
) -> None:
    console.settle(site, DEVELOPER)
    app_id = approved(site, team_id)
    with site.services.sessions() as session:
        organisation_id = session.get_one(Team, team_id).organisation_id
    assert organisation_id is not None
    console.mandated(site, DEVELOPER, organisation_id)
    console.joined(site, DEVELOPER, team_id)
    visitor = at(site, DEVELOPER, f"/developer/apps/{app_id}/{page}")
    send(visitor, f"{page}-form", **typed)
    assert "waiting" in visitor.page.elements
    assert "ask" not in visitor.page.elements
    send(visitor, f"{page}-form", **typed, ask="1")
    assert visitor.status == 422
    assert visitor.shows("An owner of the team asks")
    assert requests(site) == []


def test_scopes_are_asked_for_with_their_reasons(site: Site, team_id: str) -> None:
    app_id = approved(site, team_id)
    visitor = at(site, path=f"/developer/apps/{app_id}/scopes")
    typed = {"scope": ["openid", "phone"], "reason:phone": "To call."}
    send(visitor, "scopes-form", **typed, ask="1")
    assert visitor.path.endswith("/going-live"), visitor.body
    (request,) = requests(site)
    assert (request.fields["scope"], request.reasons) == ("openid phone", {"phone": "To call."})
    assert standing(site, app_id).fields["scope"] == "openid"
    # One at a time.
    again = at(site, path=f"/developer/apps/{app_id}/scopes")
    send(again, "scopes-form", **typed, ask="1")
    assert again.status == 422


def test_without_what_the_checklist_wants_nothing_is_asked_for(site: Site, team_id: str) -> None:
    app_id = console.an_app(site, team_id, scope="openid")
    visitor = at(site, path=f"/developer/apps/{app_id}/scopes")
    send(visitor, "scopes-form", scope=["openid", "phone"], ask="1")
    assert visitor.status == 422
    assert "not-ready" in visitor.page.elements
    assert requests(site) == []


def test_attack_a_draft_goes_live_past_its_own_page(site: Site, team_id: str) -> None:
    """Who asks for that owns the app, and has just proved who they are."""
    told = {"client_name": "Fees", "metadata": DRAFT, "number": 1, PACKAGE: None}
    app_id = console.a_draft(site, team_id, **told)
    visitor = at(site, path=f"/developer/apps/{app_id}/settings")
    send(visitor, "settings-form", ask="1")
    assert visitor.query.get("said") == "saved"
    assert requests(site) == []
