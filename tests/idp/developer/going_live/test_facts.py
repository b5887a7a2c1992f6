"""What the sandbox says that it has seen of an app."""

from datetime import timedelta

from idp.apps.models import App
from idp.checker import runs
from idp.checker.models import RunBy
from idp.developer.going_live.facts import seen
from tests.clients.checker.broken_app import Fault
from tests.clients.checker.hands import checked
from tests.idp.developer.checker.checking import an_app, reported
from tests.idp.login.visitor import Site


def test_attack_a_report_of_ones_own_hides_what_we_found(site: Site) -> None:
    app_id = an_app(site)
    forged = checked()
    assert forged.has_passed
    with site.services.sessions.begin() as session:
        runs.bring(session, app_id, forged, site.clock())
    assert told(site, app_id) == (RunBy.DEVELOPER, True)
    site.clock.advance(60)
    reported(site, app_id, Fault.ISS_WRONG)
    assert told(site, app_id) == (RunBy.SERVER, False)
    site.clock.advance(60)
    with site.services.sessions.begin() as session:
        runs.bring(session, app_id, forged, site.clock() + timedelta(seconds=1))
    assert told(site, app_id) == (RunBy.SERVER, False)
    site.clock.advance(60)
    reported(site, app_id)
    assert told(site, app_id) == (RunBy.SERVER, True)


def told(site: Site, app_id: str) -> tuple[str, bool]:
    with site.services.sessions() as session:
        found = seen(session, session.get_one(App, app_id), site.clock()).report
    assert found is not None
    return str(found["by"]), bool(found["has_passed"])
