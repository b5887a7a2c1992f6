"""Watching the log at the desk."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from idp.audit.context import AuditContext
from idp.audit.events.signing_in import SignInRefused
from idp.audit.log import record
from idp.security.live.tail_services import KEY
from tests.idp.login.visitor import ISSUER, Site, Visitor
from tests.idp.staff_pages.officer import Member, add, disable, sign_in


@pytest.fixture
def officer(site: Site) -> Member:
    return add(site, "S-1", "security", serial=11)


@pytest.fixture
def at_desk(site: Site, officer: Member) -> Visitor:
    watching = site.app.extensions[KEY]

    def pause(seconds: float) -> None:
        site.clock.now += timedelta(seconds=seconds)

    site.app.extensions[KEY] = replace(watching, pause=pause, timer=lambda: site.clock.now.timestamp())
    return sign_in(site, officer, target="/security/live?event=sign_in_refused")


def refuse(site: Site, address: str = "198.51.100.7") -> None:
    with site.services.sessions.begin() as session:
        context = AuditContext(site.clock(), address=address)
        record(session, SignInRefused(reason="wrong", method="password"), context=context)


def stream(visitor: Visitor, url: str, **headers: str) -> TestResponse:
    environment: dict[str, Any] = {"base_url": ISSUER, "environ_overrides": {"REMOTE_ADDR": visitor.address}}
    return visitor.client.get(url, headers={"Accept-Language": "en", **headers}, **environment)


def url_of(visitor: Visitor) -> str:
    return visitor.page.elements["live"]["data-stream-url"]


def test_what_comes_is_streamed_and_nothing_else(at_desk: Visitor, site: Site) -> None:
    url = url_of(at_desk)
    refuse(site)
    site.visitor().authorize()
    response = stream(at_desk, url)
    text = response.get_data(as_text=True)
    assert response.mimetype == "text/event-stream"
    assert text.count("event: audit\n") == 1
    assert "Sign-in refused" in text
    [opened] = site.events("tail_opened")
    assert opened["criteria"] == ["event"]


def test_it_goes_on_where_it_was(at_desk: Visitor, site: Site) -> None:
    url = url_of(at_desk)
    refuse(site)
    text = stream(at_desk, url).get_data(as_text=True)
    place = text.strip().rpartition("id: ")[2]
    again = stream(at_desk, url, **{"Last-Event-ID": place}).get_data(as_text=True)
    assert "event: audit" not in again
    refuse(site)
    once_more = stream(at_desk, url, **{"Last-Event-ID": place}).get_data(as_text=True)
    assert once_more.count("event: audit\n") == 1


@pytest.mark.parametrize("changes", [{"IDP_STAFF__SESSION_IDLE_SECONDS": "100"}])
def test_watching_does_not_keep_the_session_alive(at_desk: Visitor, site: Site) -> None:
    url = url_of(at_desk)
    idle = site.services.settings.staff.session_idle_seconds
    for _ in range(idle // 25 + 2):
        response = stream(at_desk, url)
        response.get_data()
    assert response.status_code == 204
    assert at_desk.get("/security/live").path == "/staff/login"


def test_it_ends_in_the_middle_when_the_officer_is_shut_out(
    at_desk: Visitor, site: Site, officer: Member
) -> None:
    watching = site.app.extensions[KEY]
    site.app.extensions[KEY] = replace(watching, pause=lambda _seconds: disable(site, officer))
    text = stream(at_desk, url_of(at_desk)).get_data(as_text=True)
    assert text.endswith("event: over\ndata: {}\n\n")


def test_attack_a_stream_of_another_officer(at_desk: Visitor, site: Site) -> None:
    other = sign_in(site, add(site, "S-2", "security", serial=12), target="/security/live")
    assert stream(other, url_of(at_desk)).status_code == 204
    clerk = sign_in(site, add(site, "C-1", "clerk", serial=13), target="/staff")
    assert stream(clerk, url_of(at_desk)).status_code == 204
    assert stream(Visitor(site), url_of(at_desk)).status_code == 204


def test_what_is_no_place_or_no_watch_is_not_served(at_desk: Visitor) -> None:
    url = url_of(at_desk)
    assert stream(at_desk, f"{url.partition('?')[0]}?after=x").status_code == 404
    assert stream(at_desk, "/security/live/stream/unknown?after=0.0").status_code == 204


def test_without_script_the_page_shows_what_is_there(at_desk: Visitor, site: Site) -> None:
    refuse(site)
    at_desk.click("reload")
    assert at_desk.body.count('data-id="') == 1
