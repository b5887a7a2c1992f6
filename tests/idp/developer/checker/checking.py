"""An app whose integration is to be checked, and what somebody types to have it."""

from idp.checker import runs
from idp.checker.models import CheckerRun
from tests.clients.checker.broken_app import Fault
from tests.clients.checker.hands import checked
from tests.idp.developer import console
from tests.idp.login.visitor import Site, Visitor

CALLBACK = "https://app.example/callback"
TYPED = {
    "sign_in_url": "https://app.example/sign-in",
    "page_url": "https://app.example/me",
    "marker": "Sign out",
}


def an_app(site: Site) -> str:
    return console.an_app(site, console.own_team(site), redirect_uris=[CALLBACK], kind="portal")


def path_of(app_id: str) -> str:
    return f"/developer/apps/{app_id}/checker"


def set_up(visitor: Visitor, app_id: str) -> Visitor:
    return visitor.get(path_of(app_id)).submit("setup-form", **TYPED)


def reported(site: Site, app_id: str, *faults: Fault) -> CheckerRun:
    """A run that a worker has done."""
    report = checked(*faults)
    now = site.clock()
    with site.services.sessions.begin() as session:
        runs.start(session, app_id, now)
    claimed = runs.claim(site.services.sessions, now)
    assert claimed is not None
    with site.services.sessions.begin() as session:
        assert runs.finish(session, claimed.id, report, now)
    return claimed
