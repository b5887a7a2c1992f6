"""The live inspector: what an app asked, for its team alone, while somebody watches."""

import re

import pytest

from idp.apps.models import Role
from idp.oidc.http import Request
from idp.oidc.room import KEY
from tests.idp.developer import console
from tests.idp.developer.console import CALLBACK, DEVELOPER, OWNER, STRANGER, VIEWER, at, post
from tests.idp.login.visitor import Site, Visitor

VERIFIER = "v" * 43
CHALLENGE = "xT0XyHkBGcpMR_-DHt7kYVIgw0w0ZQcLtJKFEq4OP9s"


@pytest.fixture
def app(site: Site) -> str:
    """Where its page of requests is."""
    return f"/developer/apps/{console.an_app(site, console.own_team(site))}/requests"


def ask(site: Site, client_id: str = "app-1", redirect_uri: str = CALLBACK, **more: str) -> Visitor:
    asked = {
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **more,
    }
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return site.visitor().get(f"/oauth2/authorize?{query}")


def rows(visitor: Visitor) -> list[str]:
    return re.findall(r'<li class="request[^"]*">(.*?)</li>', visitor.body, re.DOTALL)


def test_nothing_is_kept_before_somebody_watches(site: Site, app: str) -> None:
    ask(site)
    visitor = at(site, path=app)
    assert rows(visitor) == []
    assert "watching" not in visitor.page.elements


def test_while_somebody_watches_each_request_is_shown_the_newest_first(site: Site, app: str) -> None:
    visitor = at(site, path=app).submit("watch-form")
    assert "watching" in visitor.page.elements
    site.clock.advance(3)
    ask(site)
    site.clock.advance(1)
    ask(site, redirect_uri=CALLBACK + "/")
    site.clock.advance(1)
    ask(site, scope="profile")
    found = rows(visitor.get(app))
    assert len(found) == 3
    assert "invalid_scope" in found[0]
    assert "redirect_uri is not registered" in found[1]
    assert "On to a page of ours" in found[2]
    assert len(rows(visitor.get(f"{app}?failed"))) == 2
    assert [event["client_id"] for event in site.events("app_watched")] == ["app-1"]


def test_a_failed_one_has_its_diagnosis_and_a_good_one_its_parameters(site: Site, app: str) -> None:
    visitor = at(site, path=app).submit("watch-form")
    site.clock.advance(3)
    ask(site, redirect_uri=CALLBACK + "/")
    visitor.get(f"{app}/1")
    assert visitor.page.elements["diagnosis"]["data-case"] == "redirect-uri-not-registered"
    ask(site)
    visitor.get(f"{app}/2")
    assert visitor.status == 200
    assert "<code>openid</code>" in visitor.body
    assert visitor.get(f"{app}/3").status == 404


def test_half_an_hour_later_nothing_more_is_noted(site: Site, app: str) -> None:
    visitor = at(site, path=app).submit("watch-form")
    site.clock.advance(30 * 60 + 3)
    ask(site)
    assert rows(visitor.get(app)) == []


def test_it_can_be_stopped_before(site: Site, app: str) -> None:
    visitor = at(site, path=app).submit("watch-form").submit("stop-form")
    assert "watching" not in visitor.page.elements
    site.clock.advance(3)
    ask(site)
    assert rows(visitor.get(app)) == []
    assert len(site.events("app_unwatched")) == 1


def test_it_reloads_itself_only_where_that_was_asked_for(site: Site, app: str) -> None:
    visitor = at(site, path=app).submit("watch-form")
    client, environment = visitor.client, visitor._environment()
    assert "Refresh" not in client.get(app, **environment).headers
    assert client.get(f"{app}?live", **environment).headers["Refresh"] == "5"


def test_two_hundred_are_kept_and_the_older_ones_make_way(site: Site, app: str) -> None:
    visitor = at(site, path=app).submit("watch-form")
    site.clock.advance(3)
    provider = site.app.extensions[KEY]
    inspector, client = provider.inspector, provider.clients.known("app-1")
    assert client is not None
    request = Request("POST", "/oauth2/token")
    for _ in range(230):
        inspector.answered(client, request, "token", None, site.clock())
    assert len(rows(visitor.get(app))) == 50
    assert len(rows(visitor.get(f"{app}?all"))) == 200
    assert visitor.get(f"{app}/30").status == 404
    assert visitor.get(f"{app}/31").status == 200


def test_requests_of_another_teams_app_are_never_shown(site: Site, app: str) -> None:
    at(site, path=app).submit("watch-form")
    site.clock.advance(3)
    ask(site)
    console.settle(site, STRANGER)
    theirs = console.an_app(site, console.own_team(site, STRANGER), STRANGER, client_id="app-2")
    stranger = at(site, STRANGER, f"/developer/apps/{theirs}/requests")
    stranger.submit("watch-form")
    assert rows(stranger.get(f"/developer/apps/{theirs}/requests")) == []
    for path in (app, f"{app}/1"):
        assert stranger.get(path).status == 404
    for deed in ("watch", "stop"):
        assert post(stranger, f"{app}/{deed}").status == 404


def test_a_viewer_reads_and_does_not_switch(site: Site) -> None:
    team = console.company_team(site, organisation := console.company(site))
    console.settle(site, VIEWER, DEVELOPER)
    mandate = console.mandated(site, VIEWER, organisation)
    console.joined(site, VIEWER, team, Role.VIEWER)
    console.mandated(site, DEVELOPER, organisation)
    console.joined(site, DEVELOPER, team, Role.DEVELOPER)
    app = f"/developer/apps/{console.an_app(site, team)}/requests"
    viewer = at(site, VIEWER, app)
    assert viewer.status == 200
    assert "watch-form" not in viewer.page.forms
    assert post(viewer, f"{app}/watch").status == 403
    assert "watch-form" in at(site, DEVELOPER, app).page.forms
    console.mandate_ends(site, mandate)
    assert viewer.get(app).status == 404


def test_a_draft_has_none(site: Site) -> None:
    draft = console.a_draft(site, console.own_team(site), client_name="To be")
    assert at(site, OWNER, f"/developer/apps/{draft}/requests").status == 404
