"""A run as a worker does it: the real sandbox in this process, and an application in it, too."""

from collections.abc import Callable

import pytest

from clients.checker import CHECKS, Answer, Sent, Verdict
from clients.checker.provider import Citizen
from clients.checker.wire import origin_of
from idp.apps import apps
from idp.audit.context import AuditContext
from idp.checker import runs, setups
from idp.checker.models import CheckerRun, RunState
from idp.checker.running import Checking, OneScript
from idp.checker.setups import Wanted
from idp.oidc.clients.cache import ClientCache
from idp.sandbox.outcomes import state
from idp.sandbox.outcomes.scripts import Scripts
from tests.clients.checker.broken_app import BrokenApp, Fault
from tests.clients.checker.hands import Web, of_flask
from tests.idp.developer import console
from tests.idp.developer.console import OWNER
from tests.idp.login.conftest import changes, clock, keys_text, prepared, site
from tests.idp.login.visitor import ISSUER, Site

__all__ = ["changes", "clock", "keys_text", "prepared", "site"]

APP = "https://app.example"
NOT_HERE = {
    # No worker brings logout tokens here.
    "no_logout_uri": 9,
}


@pytest.fixture
def app_id(site: Site) -> str:
    made = console.an_app(
        site,
        console.own_team(site),
        redirect_uris=[f"{APP}/callback"],
        id_token_signed_response_alg="ES256",
        scope="openid profile",
    )
    with site.services.sessions.begin() as session:
        setups.keep(session, made, Wanted(f"{APP}/sign-in", f"{APP}/me", "Signed in as"))
    return made


class Work:
    """A worker over functions: everything is reached by its origin."""

    def __init__(self, site: Site) -> None:
        self.site, self.web, self.stops_after = site, Web(), 10_000
        found = site.services
        self.scripts = Scripts(found.store, found.clock)
        self.web.places[origin_of(ISSUER)] = of_flask(site.app)

    def install(self, *faults: Fault, level: int = 2) -> None:
        self.web.places[f"{APP}:443"] = lambda sent: self._app(faults, level)(sent)

    def _app(self, faults: tuple[Fault, ...], level: int) -> Callable[[Sent], Answer]:
        if not hasattr(self, "app"):
            site_clock = self.site.clock
            broken = BrokenApp(
                ISSUER,
                self.web,
                *faults,
                origin=APP,
                client_id="app-1",
                client_secret="",
                clock=lambda: site_clock().timestamp(),
                level=level,
            )
            self.app = of_flask(broken.flask)
        return self.app

    def done(self, app_id: str) -> CheckerRun:
        found = self.site.services
        with found.sessions.begin() as session:
            run_id = runs.start(session, app_id, found.clock()).id
        assert self.checking().round() <= 1
        with found.sessions() as session:
            return session.get_one(CheckerRun, run_id)

    def checking(self) -> Checking:
        found = self.site.services
        clients = ClientCache(found.engine, found.clock)
        return Checking(
            sessions=found.sessions,
            clock=found.clock,
            issuer=ISSUER,
            end_session_url=f"{ISSUER}/oauth2/end_session",
            client_of=clients.find,
            scripts=self._script,
            citizen=lambda: Citizen(OWNER.number, OWNER.password or ""),
            fetch=lambda _origins: self.web,
            pause=lambda _seconds: None,
            is_stopping=self._stops,
        )

    def _script(self, client_id: str) -> OneScript:
        return OneScript(
            lambda outcome: self.scripts.put(client_id, (outcome,), sign_ins=None),
            lambda: self.scripts.end(client_id),
            lambda: state.state(self.scripts, client_id),
        )

    def _stops(self) -> bool:
        self.stops_after -= 1
        return self.stops_after < 0


@pytest.fixture
def work(site: Site) -> Work:
    return Work(site)


def reasons(run: CheckerRun) -> dict[str, int]:
    """Of all that did not pass."""
    found: dict[str, int] = {}
    for one in runs.report_of(run).results:
        if one.verdict != "passed":
            found[one.reason] = found.get(one.reason, 0) + 1
    return found


def test_a_good_app_passes_all_that_can_be_played(site: Site, work: Work, app_id: str) -> None:
    work.install()
    run = work.done(app_id)
    assert (run.state, reasons(run)) == (RunState.DONE, NOT_HERE)
    (event,) = site.events("app_check_reported")
    assert (event["by"], event["checks_passed"]) == ("server", len(CHECKS) - sum(NOT_HERE.values()))
    # What was forced for the run is over with it.
    assert work.scripts.find("app-1") is None


def test_a_fault_is_found_by_the_real_answers(work: Work, app_id: str) -> None:
    work.install(Fault.ISS_WRONG, Fault.NONCE_WRONG, Fault.USERINFO_SUB)
    failed = {one.check for one in runs.report_of(work.done(app_id)).of(Verdict.FAILED)}
    assert failed == {"iss-wrong", "id-token-wrong-nonce", "userinfo-other-sub"}


def test_an_app_of_level_3_is_checked_by_the_face_that_the_sandbox_plays(
    site: Site, work: Work, app_id: str
) -> None:
    """Its citizen has no clerk who would give them a code: as for who calls the command line."""
    work.install(Fault.ACR, level=3)
    report = runs.report_of(work.done(app_id))
    assert [one.check for one in report.of(Verdict.FAILED)] == ["id-token-lower-acr"]
    assert {one["camera"] for one in site.events("face_checked")} == {"played"}


def test_what_the_provider_saw_counts(work: Work, app_id: str) -> None:
    """Nobody is signed in, but the code had left by then: only the provider sees that."""
    work.install(Fault.CODE_BEFORE_ISS)
    found = {one.check: one.reason for one in runs.report_of(work.done(app_id)).of(Verdict.FAILED)}
    assert found == {"iss-wrong": "code_sent_on", "iss-missing": "code_sent_on"}


def test_a_worker_that_is_stopped_leaves_nothing_forced(site: Site, work: Work, app_id: str) -> None:
    work.install()
    work.stops_after = 20
    run = work.done(app_id)
    assert (run.state, run.failure) == (RunState.BROKEN, "stopped")
    assert work.scripts.find("app-1") is None


def test_a_worker_that_is_killed_in_the_middle_leaves_nothing_forced(
    site: Site, work: Work, app_id: str
) -> None:
    """It ends without a word. Whichever worker looks next ends its run, and what it forced."""
    found = site.services
    with found.sessions.begin() as session:
        run_id = runs.start(session, app_id, found.clock()).id
    assert runs.claim(found.sessions, found.clock()) is not None
    work.scripts.put("app-1", ("id_token_expired",), sign_ins=None)
    checking = work.checking()
    site.clock.advance(seconds=runs.LOST_AFTER.total_seconds() - 1)
    checking.round()
    assert work.scripts.find("app-1") is not None
    site.clock.advance(seconds=2)
    checking.round()
    assert work.scripts.find("app-1") is None
    with found.sessions() as session:
        run = session.get_one(CheckerRun, run_id)
    assert (run.state, run.failure) == (RunState.BROKEN, runs.LOST)


def test_attack_the_app_registers_another_place_after_it_was_typed(
    site: Site, work: Work, app_id: str
) -> None:
    work.install()
    with site.services.sessions.begin() as session:
        setups.keep(session, app_id, Wanted("https://elsewhere.example/", f"{APP}/me", "x"))
    run = work.done(app_id)
    assert (run.state, run.failure) == (RunState.BROKEN, "setup")
    assert work.web.sent == []


def test_a_stopped_app_is_not_looked_at(site: Site, work: Work, app_id: str) -> None:
    work.install()
    app = console.app_of(site, app_id)
    assert app is not None
    owner = console.id_of(site, OWNER)
    with site.services.sessions.begin() as session:
        apps.pause(session, app, owner, context=AuditContext(site.clock()))
    run = work.done(app_id)
    assert (run.state, run.failure) == (RunState.BROKEN, "no_client")
