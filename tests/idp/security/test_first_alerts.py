"""The first page of the desk says what to begin with, and errors lead back to the desk."""

from datetime import timedelta

from idp.detection.findings import Severity
from tests.idp.login.visitor import Site
from tests.idp.security import desk
from tests.idp.security.overview.test_overview import desk as at_desk
from tests.idp.security.overview.test_overview import part


def test_what_is_gravest_comes_first_and_is_one_step_away(site: Site) -> None:
    desk.raise_alert(
        site, severity=Severity.MEDIUM, kind="person", subject="0192f0c1-2345-7abc-8def-0123456789a1"
    )
    grave = desk.raise_alert(
        site, severity=Severity.CRITICAL, kind="person", subject="0192f0c1-2345-7abc-8def-0123456789a2"
    )
    site.clock.now += timedelta(hours=1)
    desk.raise_alert(
        site, severity=Severity.HIGH, kind="person", subject="0192f0c1-2345-7abc-8def-0123456789a3"
    )
    visitor = at_desk(site)
    words = part(visitor, "first-alerts")
    assert words.index("…456789a2") < words.index("…456789a3")
    assert "…456789a1" not in words
    assert visitor.click("open-high").shows("…456789a3")
    assert not visitor.shows("…456789a2")
    visitor.get("/security").click("first-alert-1")
    assert visitor.path == f"/security/alerts/{grave}"


def test_an_operator_is_told_how_many_and_of_nobody(site: Site) -> None:
    desk.raise_alert(site, severity=Severity.HIGH)
    visitor = at_desk(site, "operator")
    assert "high: 1" in part(visitor, "now-alerts")
    assert "first-alerts" not in visitor.page.elements
    assert "open-high" not in visitor.page.elements


def test_an_error_leads_back_to_the_desk(site: Site) -> None:
    visitor = at_desk(site).get("/security/alerts/0192f0c1-2345-7abc-8def-0123456789a1")
    assert visitor.status == 404
    assert visitor.page.elements["back"]["href"] == "/security"
    assert site.visitor().get("/account/nowhere").page.elements["back"]["href"] == "/"
