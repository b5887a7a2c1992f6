"""The desk of the security staff: from an attack in the log to a case that is over, in a real browser."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from idp.audit.context import AuditContext
from idp.audit.events.signing_in import SignInRefused
from idp.commands.opening import opened
from idp.crypto.digests import digest
from tests.journeys import steps
from tests.journeys.looking import fits
from tests.journeys.stack import Stack
from tests.journeys.staff import activate, add_staff

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
OFFICER = "S-7"
VICTIM = 16
"""The person of the sandbox whose password somebody else has, in this journey alone."""
ATTACKER = "198.51.100.77"
NOTE = "二十个不同的证件号码，都来自同一地址，没有一个成功。"
NOTICED_MS = 60_000
"""The worker looks each second; a machine under load takes longer."""
WAITS_MS = 20_000
TABS_AT_MOST = 60


@pytest.fixture(scope="module")
def activation_code(stack: Stack) -> str:
    """Of a security officer, whose own card is that of a person of the sandbox."""
    return add_staff(stack, OFFICER, "security", serial=38)


@pytest.fixture(scope="module")
def desk(stack: Stack, browser: Browser, activation_code: str) -> Iterator[Page]:
    """Signed in once, as an officer is for a morning."""
    expect.set_options(timeout=WAITS_MS)
    found = browser.new_context(viewport=DESK, locale="zh-CN")
    found.set_default_timeout(WAITS_MS)
    page = found.new_page()
    page.on("pageerror", lambda problem: pytest.fail(f"script error: {problem}"))
    activate(page, stack, OFFICER, activation_code)
    yield page
    found.close()


def attack(stack: Stack) -> None:
    """Twenty numbers with stolen passwords from one address, as the provider writes it down."""
    with opened(stack.environment) as found:
        now = found.clock()
        for number in range(20):
            context = AuditContext(now + timedelta(milliseconds=number), address=ATTACKER)
            event = SignInRefused(reason="wrong", method="password", tried=digest(f"number {number}"))
            found.audit.append(event, context)


def at_each_width(page: Page) -> None:
    """Nothing has to be pulled sideways, on a telephone or a desktop."""
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        fits(page, size["width"])


def tab_to(page: Page, element: str) -> None:
    """By the keyboard alone."""
    for _ in range(TABS_AT_MOST):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement && document.activeElement.id") == element:
            return
    pytest.fail(f"{element} is not reached within {TABS_AT_MOST} steps")


def open_alert(page: Page, stack: Stack) -> None:
    """The worker finds the attack by itself; the officer's list shows it on a reload."""
    end = time.monotonic() + NOTICED_MS / 1000
    link = page.locator("#alerts a[id^=alert-]", has_text="泄露的密码")
    page.goto(f"{stack.issuer}/security/alerts?subject_kind=address&subject={ATTACKER}")
    while link.count() == 0:
        assert time.monotonic() < end, "no alert was raised"
        page.wait_for_timeout(500)
        page.reload()
    at_each_width(page)
    link.click()


def test_from_an_attack_to_a_case_that_is_over(desk: Page, stack: Stack) -> None:
    attack(stack)
    open_alert(desk, stack)
    expect(desk.locator("#about")).to_contain_text(ATTACKER)
    expect(desk.locator("#advice")).to_be_visible()
    expect(desk.locator("#false-positives")).to_be_visible()
    expect(desk.locator("#evidence li")).not_to_have_count(0)
    at_each_width(desk)

    desk.click("#new-case")
    expect(desk.locator("#subject")).to_have_value(ATTACKER)
    at_each_width(desk)
    desk.click("#open-case")
    expect(desk.locator("#assigned")).to_contain_text(OFFICER)
    expect(desk.locator("#alerts")).to_contain_text("泄露的密码")

    # By the keyboard alone: the first note.
    tab_to(desk, "note-text")
    desk.keyboard.type(NOTE)
    tab_to(desk, "note")
    desk.keyboard.press("Enter")
    expect(desk.locator("#history")).to_contain_text(NOTE)
    at_each_width(desk)

    # What happened around the address is looked at for the case, and says so.
    desk.locator("#subjects a").first.click()
    expect(desk.locator("#desk-work")).to_be_visible()
    at_each_width(desk)
    desk.click("#desk-work-case")

    desk.click("#subjects a.desk-do")
    desk.click("#ways a[href*=block]")
    desk.select_option("#reason", "attack")
    at_each_width(desk)
    desk.click("#take")
    at_each_width(desk)
    desk.click("#case")
    expect(desk.locator("#measures")).to_contain_text(ATTACKER)

    desk.select_option("#close-outcome", "confirmed_attack")
    desk.fill("#close-text", "已封禁该地址。")
    desk.click("#close")
    expect(desk.locator("#outcome")).to_be_visible()
    expect(desk.locator("#history")).to_contain_text("已封禁该地址。")
    at_each_width(desk)
    desk.goto(f"{stack.issuer}/security/alerts?status=closed&subject_kind=address&subject={ATTACKER}")
    expect(desk.locator("#alerts tbody tr")).to_have_count(1)

    # The rule says how it has done.
    desk.goto(f"{stack.issuer}/security/rules/credential-stuffing")
    expect(desk.locator("#outcomes")).to_contain_text("攻击")
    desk.click("#try")
    expect(desk.locator("#findings")).to_contain_text(ATTACKER)
    at_each_width(desk)


def test_a_person_says_that_it_was_not_them(desk: Page, page: Page, stack: Stack, browser: Browser) -> None:
    """The thief is out of the portal, and the officer sees at once what it was and what to do."""
    victim = stack.person(VICTIM)
    thief = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
    thief.goto(f"{stack.issuer}/account")
    steps.give_password(thief, victim)
    expect(thief.locator("#activity")).to_be_visible()

    page.goto(f"{stack.issuer}/account")
    steps.give_password(page, victim)
    page.click("#activity")
    page.locator("#activity a[id^=not-me-]").last.click()
    page.click("#disown")
    expect(page.locator("#done")).to_be_visible()
    at_each_width(page)
    thief.reload()
    expect(thief.locator("#password")).to_be_visible()
    thief.context.close()

    desk.goto(f"{stack.issuer}/security/alerts?rule=person_reported")
    desk.click("#alert-1")
    expect(desk.locator("#said-1")).to_contain_text("已立即终止")
    expect(desk.locator("#advice")).to_contain_text("登记簿中的电话")
    expect(desk.locator("#about a[href*='/security/sessions/']")).not_to_have_count(0)
    expect(desk.locator("#evidence li")).to_have_count(2)
    at_each_width(desk)
    desk.locator("#about a[href*='/security/people/']").click()
    at_each_width(desk)
    assert victim.name not in desk.content()
    desk.go_back()
    desk.select_option("#close-outcome", "harmless")
    desk.click("#close")
    expect(desk.locator("#outcome")).to_be_visible()
