"""Searches, timelines and live events in Chromium: readable at each width, light and dark."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from threading import Event
from time import monotonic

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from idp.audit.context import AuditContext
from idp.audit.events.protocol import CodeReplayed
from idp.audit.events.signing_in import SignInRefused
from idp.audit.log import record
from idp.security.live.tail_services import KEY
from idp.staff.models import StaffSession
from tests.idp.login.visitor import PERSON, Site
from tests.idp.security.readable import CONTRAST, SCHEMES, WIDTHS
from tests.idp.security.serving import changes, port, served, sign_in
from tests.idp.security.timelines.test_timelines import the
from tests.idp.staff_pages import officer

__all__ = ["changes", "port"]
pytestmark = pytest.mark.browser
LONG = "x" * 128


@pytest.fixture
def page(browser: Browser, site: Site, port: int) -> Iterator[Page]:
    watching = site.app.extensions[KEY]
    # Ten times as fast: a stream lasts two seconds and a half.
    site.app.extensions[KEY] = replace(
        watching, pause=lambda seconds: Event().wait(seconds / 10), timer=lambda: monotonic() * 10
    )
    member = officer.add(site, "S-1", "security")
    happen(site)
    problems: list[str] = []
    with served(site, port):
        context = browser.new_context(locale="zh-CN", reduced_motion="reduce")
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        sign_in(page, site, member, f"http://localhost:{port}/security/search")
        yield page
        context.close()
        # Its stream has found out by now, or ends by itself.
        Event().wait(0.4)
    assert problems == []


def happen(site: Site) -> None:
    """Events with long values, on both sides of a bad one."""
    with site.services.sessions.begin() as session:
        for address in ("2001:db8:1234:5678:9abc:def0:1234:5678", "192.0.2.7"):
            context = AuditContext(
                site.clock(), address=address, device="d" * 43, interaction_id="i" * 43, request_id="r"
            )
            person = "01890a5d-ac96-774b-bcce-b302099a8057"
            record(session, SignInRefused("wrong", "password", person, LONG), context=context)
            record(session, CodeReplayed(LONG, "g" * 43, person), context=context)


def paths(site: Site) -> list[str]:
    event = the(site, "code_replayed")
    return [
        "/security/search",
        "/security/search?show=1",
        "/security/search?show=1&client=nobody",
        f"/security/people/{event.person_id}",
        f"/security/clients/{LONG}",
        f"/security/events/{event.id}",
        f"/security/around/{event.id}",
        "/security/live?client=nobody",
        "/security/searches",
        "/security/unmasking",
        f"/security/people/{event.person_id}/unmask",
    ]


def test_pages_fit_and_stand_out_wide_and_narrow_light_and_dark(page: Page, site: Site, port: int) -> None:
    weak: list[tuple[str, object]] = []
    for path, (width, scheme) in product(paths(site), product(WIDTHS, SCHEMES)):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.goto(f"http://localhost:{port}{path}")
        reach = page.evaluate("document.documentElement.scrollWidth")
        assert reach <= width, (path, width, reach)
        if found := page.evaluate(CONTRAST):
            weak.append((f"{path} {scheme}", found))
    assert weak == []


def test_events_come_by_themselves_are_held_back_and_are_announced_on_demand(
    page: Page, site: Site, port: int
) -> None:
    page.goto(f"http://localhost:{port}/security/live?event=sign_in_refused")
    rows = page.locator("#live-events tbody tr")
    expect(page.locator("#live-state")).to_contain_text("已连接")
    expect(rows).to_have_count(2)
    happen(site)
    expect(rows).to_have_count(4)
    page.click("#live-pause")
    happen(site)
    expect(page.locator("#live-state")).to_contain_text("已暂存：2条")
    expect(rows).to_have_count(4)
    page.click("#live-pause")
    expect(rows).to_have_count(6)
    said = page.locator("#live-said")
    expect(said).to_have_attribute("aria-live", "off")
    page.check("#live-announce")
    expect(said).to_have_attribute("aria-live", "polite")


def test_the_stream_goes_on_after_its_end_and_ends_with_the_session(
    page: Page, site: Site, port: int
) -> None:
    page.goto(f"http://localhost:{port}/security/live")
    expect(page.locator("#live-state")).to_contain_text("已连接")
    with page.expect_request("**/live/stream/**") as again:
        pass
    assert "last-event-id" in again.value.all_headers()
    with site.services.sessions.begin() as session:
        session.query(StaffSession).delete()
    expect(page.locator("#live-state")).to_contain_text("您的会话已结束", timeout=10_000)


def test_who_a_person_is_leaves_the_screen(page: Page, site: Site, port: int) -> None:
    site.visitor().authorize().sign_in(PERSON)
    person = the(site, "signed_in").person_id
    page.goto(f"http://localhost:{port}/security/people/{person}/unmask")
    page.select_option("#reason", "authority")
    page.fill("#note", "协查函")
    page.click("#ask")
    page.click("#show-1")
    expect(page.locator("#name")).to_have_text(PERSON.name)
    page.click("#leave")
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()
