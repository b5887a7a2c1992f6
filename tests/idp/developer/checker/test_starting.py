"""What is refused before a run begins, with words; and apps that are checked on their team's own machines."""

from datetime import timedelta

import pytest

from idp.checker import runs, setups
from tests.clients.checker.hands import checked
from tests.idp.developer import console
from tests.idp.developer.checker.checking import TYPED, an_app, path_of, set_up
from tests.idp.developer.console import at, post
from tests.idp.login.visitor import Site

LOCAL = {
    "sign_in_url": "http://127.0.0.1:5000/sign-in",
    "page_url": "http://127.0.0.1:5000/me",
    "marker": "Sign out",
}


def test_no_run_begins_where_our_server_cannot_reach_the_app(site: Site) -> None:
    callback = "http://127.0.0.1:5000/callback"
    app_id = console.an_app(site, console.own_team(site), redirect_uris=[callback], kind="portal")
    visitor = at(site, path=path_of(app_id)).submit("setup-form", **LOCAL)
    assert "start-form" not in visitor.page.forms
    assert post(visitor, f"{path_of(app_id)}/start").status == 422
    assert "cannot reach this address" in visitor.body
    assert site.events("app_check_started") == []


def test_no_run_begins_where_nobody_has_said_where_to_look(site: Site) -> None:
    app_id = an_app(site)
    visitor = post(at(site, path=path_of(app_id)), f"{path_of(app_id)}/start")
    assert visitor.status == 422
    assert "Say first where the app is to be looked at." in visitor.body


def test_no_run_begins_at_a_place_that_is_registered_no_more(site: Site) -> None:
    app_id = an_app(site)
    visitor = at(site, path=path_of(app_id))
    with site.services.sessions.begin() as session:
        elsewhere = {**TYPED, "page_url": "https://elsewhere.example/me"}
        setups.keep(session, app_id, setups.Wanted(**elsewhere))
    assert post(visitor, f"{path_of(app_id)}/start").status == 422
    assert "The app has other addresses by now" in visitor.body
    assert site.events("app_check_started") == []


def test_an_app_of_scripts_is_checked_by_a_command_that_names_it(site: Site) -> None:
    callback = "http://spa.localhost:5000/callback"
    app_id = console.an_app(site, console.own_team(site), redirect_uris=[callback])
    visitor = at(site, path=path_of(app_id))
    assert visitor.shows("our server runs no scripts of others")
    assert not {"setup-form", "start-form"} & set(visitor.page.forms)
    told = visitor.page.texts["command"]
    issuer = site.services.settings.issuer
    for part in (
        "yitong-check --browser",
        f"--sandbox {issuer} --client-id app-1",
        "--sign-in http://spa.localhost:5000/ ",
        f"--report-to {issuer}{path_of(app_id)}/reports",
    ):
        assert part in told
    assert "ytc_" not in told
    visitor.submit("token-form")
    token = visitor.page.texts["token"]
    assert f"export YITONG_REPORT_TOKEN={token}\n" in visitor.page.texts["command"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = site.app.test_client().post(
        f"{path_of(app_id)}/reports", json=checked().as_json(), headers=headers
    )
    assert answer.status_code == 201
    assert visitor.get(path_of(app_id)).shows("Whoever approves your going live sees the last report")
    visitor.click("run-1")
    assert visitor.shows("Run by the developer")
    # Nobody else can run it.
    assert not visitor.shows("It does not count for going live.")


def test_attack_a_run_of_our_server_for_an_app_of_scripts(site: Site) -> None:
    """The page has no such form; somebody posts it all the same."""
    app_id = console.an_app(site, console.own_team(site))
    visitor = post(at(site, path=path_of(app_id)), f"{path_of(app_id)}/start")
    assert visitor.status == 422
    assert "our server runs no scripts of others" in visitor.body
    assert site.events("app_check_started") == []


def test_a_stopped_app_is_not_begun(site: Site) -> None:
    app_id = an_app(site)
    visitor = set_up(at(site, path=path_of(app_id)), app_id)
    visitor.get(f"/developer/apps/{app_id}").submit("pause-form")
    assert post(visitor, f"{path_of(app_id)}/start").status == 422
    assert "nobody can sign in to it" in visitor.body


@pytest.mark.parametrize(
    ("is_begun", "after", "said"),
    [
        (True, runs.LOST_AFTER, "It was interrupted."),
        (False, runs.WAITS_AT_MOST, "Nobody was there to do it."),
    ],
    ids=["killed", "never-begun"],
)
def test_a_run_that_nobody_ends_is_over_without_any_worker(
    site: Site, is_begun: bool, after: timedelta, said: str
) -> None:
    """No worker is left that would write it down: the page says so, and another one can be begun."""
    app_id = an_app(site)
    set_up(at(site, path=path_of(app_id)), app_id).submit("start-form")
    if is_begun:
        assert runs.claim(site.services.sessions, site.clock()) is not None
    assert "disabled" in at(site, path=path_of(app_id)).page.elements["start"]
    site.clock.advance(after.total_seconds() + 1)
    visitor = at(site, path=path_of(app_id))
    assert visitor.shows(said)
    assert "disabled" not in visitor.page.elements["start"]
    visitor.click("run-1")
    assert "broken" in visitor.page.elements
    visitor.get(path_of(app_id)).submit("start-form")
    assert visitor.path.startswith(f"{path_of(app_id)}/runs/")


def test_a_full_queue_is_said(site: Site) -> None:
    team_id = console.own_team(site)
    for n in range(runs.WAITING_OF_A_TEAM):
        other = console.an_app(
            site, team_id, client_id=f"more-{n}", redirect_uris=[f"https://{n}.example/cb"]
        )
        with site.services.sessions.begin() as session:
            runs.start(session, other, site.clock())
    app_id = an_app(site)
    visitor = set_up(at(site, path=path_of(app_id)), app_id).submit("start-form")
    assert visitor.status == 429
    assert visitor.shows("Many checks wait already.")
