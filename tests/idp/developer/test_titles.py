"""What a browser's tab says of the console's pages: the section, whose it is, and where; an error first."""

import re

import pytest

from tests.idp.developer import console
from tests.idp.developer.console import at
from tests.idp.login.visitor import Site, Visitor

SECTIONS = (
    ("", "Overview"),
    ("/settings", "Settings"),
    ("/scopes", "What it asks for"),
    ("/keys", "Secrets and keys"),
    ("/history", "History"),
    ("/requests", "Requests of the app"),
    ("/usage", "Usage"),
    ("/sandbox", "Try what can go wrong"),
    ("/checker", "Check my integration"),
    ("/going-live", "Going live"),
    ("/delete", "Delete the app"),
)


def title(visitor: Visitor) -> str:
    found = re.search(r"<title>(.*?)</title>", visitor.body, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(("section", "words"), SECTIONS, ids=lambda one: one.strip("/") or "overview")
def test_the_pages_of_an_app_are_told_apart(site: Site, section: str, words: str) -> None:
    app_id = console.an_app(site, console.own_team(site))
    visitor = at(site, path=f"/developer/apps/{app_id}{section}")
    assert title(visitor) == f"{words} · App app-1 · Yitong developers"


def test_so_are_the_others(site: Site) -> None:
    team_id = console.own_team(site)
    assert title(at(site, path=f"/developer/teams/{team_id}")) == "Team · My sandbox · Yitong developers"
    assert title(at(site, path="/developer")) == "Your apps · Yitong developers"


def test_an_error_comes_first(site: Site) -> None:
    app_id = console.an_app(site, console.own_team(site))
    visitor = at(site, path=f"/developer/apps/{app_id}/settings")
    visitor.submit("settings-form", redirect_uris="https://*.example/")
    assert visitor.status == 422
    assert title(visitor) == "Error: Settings · App app-1 · Yitong developers"


def test_a_title_with_signs_of_html_stays_one(site: Site) -> None:
    team_id = console.own_team(site)
    visitor = at(site, path=f"/developer/teams/{team_id}").submit("name-form", name="a & <b>b</b>")
    assert "Team · a &amp; &lt;b&gt;b&lt;/b&gt; · Yitong" in title(visitor)
    visitor.get(f"/developer/apps/new?team={team_id}&kind=portal")
    visitor.submit("new-form", client_name="<b>", redirect_uris="https://a.example/")
    assert title(visitor) == "Error: Create an app: Portal with a server · Yitong developers"


def test_a_name_with_signs_of_html_stays_one(site: Site) -> None:
    app_id = console.an_app(site, console.own_team(site), client_name="Fees & <b>more</b>")
    visitor = at(site, path=f"/developer/apps/{app_id}")
    assert "Fees &amp; &lt;b&gt;more&lt;/b&gt; · Yitong" in title(visitor)
