"""The sample device signs somebody in by their phone, as real processes and in a real browser."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys import steps
from tests.journeys.looking import fits
from tests.journeys.stack import ROOT, Stack

pytestmark = pytest.mark.browser
MANIFEST = ROOT / "clients" / "manifests" / "kiosk.toml"
READY_SECONDS = 20.0


class Terminal:
    """`python -m clients.kiosk`, as it stands in a hall."""

    def __init__(self, stack: Stack) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "clients.kiosk", stack.issuer],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.shown = [self._line() for _ in range(7)]

    @property
    def address(self) -> str:
        return self.shown[2].strip()

    @property
    def code(self) -> str:
        return self.shown[4].replace(" ", "").strip()

    def last_words(self) -> str:
        said, _ = self.process.communicate(timeout=READY_SECONDS)
        return said.strip()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


@pytest.fixture(scope="module")
def registered(stack: Stack) -> Stack:
    stack.command("clients", "apply", "--yes", str(MANIFEST))
    return stack


@pytest.fixture
def terminal(registered: Stack) -> Iterator[Callable[[], Terminal]]:
    with ExitStack() as cleanup:

        def made() -> Terminal:
            found = Terminal(registered)
            cleanup.callback(found.stop)
            return found

        yield made


def test_a_person_signs_in_at_a_terminal(page: Page, terminal: Callable[[], Terminal], stack: Stack) -> None:
    kiosk, person = terminal(), stack.person(1)
    page.goto(kiosk.address)
    page.fill("#user-code", "bcdf ghjk")
    page.click("#go-on")
    expect(page.locator("#error")).to_be_visible()
    page.fill("#user-code", kiosk.code.lower().replace("-", " "))
    page.click("#go-on")
    expect(page.locator("#who-asks")).to_contain_text("云岭市政务大厅自助终端")
    expect(page.locator("#phishing")).to_contain_text("诈骗")
    page.click("#mine")
    steps.give_password(page, person)
    steps.agree(page)
    expect(page.locator("#approved")).to_be_visible()
    assert "Signed in" in kiosk.last_words()
    assert kiosk.process.returncode == 0


def test_who_is_lured_says_no(page: Page, terminal: Callable[[], Terminal]) -> None:
    """A link with the code in it still does nothing without a click, and the first page asks to compare."""
    kiosk = terminal()
    page.goto(f"{kiosk.address}?user_code={kiosk.code}")
    expect(page.locator("#user-code")).to_have_value(kiosk.code)
    page.click("#go-on")
    page.click("#not-mine")
    expect(page.locator("#denied")).to_be_visible()
    assert "Nobody agreed" in kiosk.last_words()
    assert kiosk.process.returncode == 1


def test_two_people_answer_at_once(
    context: BrowserContext, page: Page, terminal: Callable[[], Terminal], stack: Stack
) -> None:
    """The first is signed in; the other is told that it is over."""
    kiosk = terminal()
    browser = context.browser
    assert browser is not None
    elsewhere = browser.new_context(locale="zh-CN")
    other = elsewhere.new_page()
    for one in (page, other):
        one.goto(kiosk.address)
        one.fill("#user-code", kiosk.code)
        one.click("#go-on")
        one.click("#mine")
    for one, person in ((page, stack.person(1)), (other, stack.person(3))):
        steps.give_password(one, person)
        one.wait_for_selector("#agree, #approved, #expired")
        if one.locator("#agree").count():
            steps.agree(one)
    expect(page.locator("#approved")).to_be_visible()
    expect(other.locator("#expired")).to_be_visible()
    assert "Signed in" in kiosk.last_words()
    elsewhere.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_fit(page: Page, terminal: Callable[[], Terminal], width: int) -> None:
    """Nothing sticks out to the side, on a phone and on a desk."""
    kiosk = terminal()
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{kiosk.address}?user_code={kiosk.code}")
    for selector in ("#go-on", "#not-mine", "#account"):
        expect(page.locator(selector)).to_be_visible()
        fits(page, width)
        page.click(selector)
