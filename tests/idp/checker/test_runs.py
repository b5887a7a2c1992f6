"""Runs: one at a time, taken once, kept in bounds, given up when nobody does them."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from idp.apps import apps
from idp.apps.models import App
from idp.checker import runs, setups
from idp.checker.models import CheckerRun, RunBy, RunState
from idp.checker.setups import Wanted
from tests.clients.checker.hands import checked
from tests.idp.developer import console
from tests.idp.developer.console import DEVELOPER
from tests.idp.login.conftest import changes, clock, keys_text, prepared, site
from tests.idp.login.visitor import Site

__all__ = ["changes", "clock", "keys_text", "prepared", "site"]


@pytest.fixture
def app_id(site: Site) -> str:
    return console.an_app(site, console.own_team(site))


@pytest.fixture
def other_id(site: Site) -> str:
    return console.an_app(site, console.own_team(site), client_id="app-2")


def begin(site: Site, app_id: str) -> str:
    with site.services.sessions.begin() as session:
        return runs.start(session, app_id, site.clock()).id


def claim(site: Site) -> CheckerRun | None:
    return runs.claim(site.services.sessions, site.clock())


def of(site: Site, app_id: str) -> list[tuple[str, str]]:
    with site.services.sessions() as session:
        return [(one.by, one.state) for one in runs.of_app(session, app_id)]


def bring(site: Site, app_id: str) -> None:
    with site.services.sessions.begin() as session:
        runs.bring(session, app_id, checked(), site.clock())
    site.clock.advance(seconds=10)


def test_an_app_has_one_run_at_a_time_and_another_app_its_own(site: Site, app_id: str, other_id: str) -> None:
    begin(site, app_id)
    with pytest.raises(runs.UnderWay):
        begin(site, app_id)
    site.clock.advance(seconds=1)
    begin(site, other_id)
    first, second = claim(site), claim(site)
    assert first is not None
    assert second is not None
    assert [first.app_id, second.app_id] == [app_id, other_id]
    assert claim(site) is None


def test_attack_a_team_with_many_apps_keeps_all_others_waiting(site: Site, app_id: str) -> None:
    many = [app_id] + [
        console.an_app(site, console.own_team(site), client_id=f"slow-{number}") for number in range(3)
    ]
    for one in many:
        begin(site, one)
        site.clock.advance(1)
    first = claim(site)
    assert first is not None
    console.settle(site, DEVELOPER)
    other = console.an_app(site, console.own_team(site, DEVELOPER), client_id="quick")
    begin(site, other)
    claimed = [found.app_id for _ in range(4) if (found := claim(site)) is not None]
    assert first.app_id == many[0]
    assert claimed == [other, *many[1:]]
    assert claim(site) is None


def test_of_many_workers_one_gets_it(site: Site, app_id: str) -> None:
    begin(site, app_id)
    together, got = Barrier(6), list[Any]()

    def work() -> None:
        together.wait()
        got.append(claim(site))

    threads = [Thread(target=work) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(got) == 6
    assert sum(one is not None for one in got) == 1


def test_a_run_whose_worker_died_is_given_up_and_its_late_report_not_taken(site: Site, app_id: str) -> None:
    begin(site, app_id)
    run = claim(site)
    assert run is not None
    site.clock.advance(seconds=runs.LOST_AFTER.total_seconds() + 1)
    begin(site, app_id)
    assert of(site, app_id) == [("server", RunState.WAITING), ("server", RunState.BROKEN)]
    with site.services.sessions.begin() as session:
        assert not runs.progress(session, run.id, ())
        assert not runs.finish(session, run.id, checked(), site.clock())


def test_nobody_waits_for_ever_where_no_worker_runs(site: Site, app_id: str) -> None:
    begin(site, app_id)
    site.clock.advance(seconds=(runs.WAITS_AT_MOST + timedelta(seconds=1)).total_seconds())
    assert claim(site) is None
    assert of(site, app_id) == [("server", RunState.BROKEN)]


def test_reports_that_are_brought_push_none_of_ours_out(site: Site, app_id: str) -> None:
    for _ in range(runs.KEPT + 3):
        begin(site, app_id)
        run = claim(site)
        assert run is not None
        with site.services.sessions.begin() as session:
            runs.finish(session, run.id, checked(), site.clock())
        site.clock.advance(seconds=1)
    for _ in range(runs.KEPT + 3):
        bring(site, app_id)
    found = of(site, app_id)
    assert found == [("developer", "done")] * runs.KEPT + [("server", "done")] * runs.KEPT
    with site.services.sessions() as session:
        latest = runs.latest(session, app_id, RunBy.SERVER)
        assert latest is not None
        assert latest[1].has_passed


def test_what_was_checked_goes_with_the_app(site: Site, app_id: str) -> None:
    with site.services.sessions.begin() as session:
        setups.keep(session, app_id, Wanted("https://app.example/in", "https://app.example/me", "out"))
    bring(site, app_id)
    owner_id = console.id_of(site, console.OWNER)
    with site.services.sessions.begin() as session:
        apps.delete(session, session.get_one(App, app_id), owner_id, context=console.context(site))
    with site.services.sessions() as session:
        assert session.query(CheckerRun).count() == 0
        assert setups.of_app(session, app_id) is None


def test_a_report_that_cannot_be_read_any_more_stops_no_page(site: Site, app_id: str) -> None:
    begin(site, app_id)
    found = claim(site)
    assert found is not None
    with site.services.sessions.begin() as session:
        assert runs.finish(session, found.id, checked(), site.clock())
    with site.services.sessions.begin() as session:
        assert runs.latest(session, app_id) is not None
        session.get_one(CheckerRun, found.id).report = {"version": 0}
        session.flush()
        assert runs.latest(session, app_id) is None


def test_attack_a_team_fills_the_queue(site: Site, app_id: str) -> None:
    """What would wait too long is refused at once, and nobody else's."""
    team_id = console.own_team(site)
    more = [
        console.an_app(site, team_id, client_id=f"more-{n}", redirect_uris=[f"https://{n}.example/cb"])
        for n in range(runs.WAITING_OF_A_TEAM)
    ]
    for one in more:
        begin(site, one)
    with pytest.raises(runs.QueueFull):
        begin(site, app_id)
    claim(site)
    begin(site, app_id)
