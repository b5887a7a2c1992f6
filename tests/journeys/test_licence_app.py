"""A page on a desk, a licence app on a telephone: real processes, a real picture of a real QR code."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys import steps
from tests.journeys.licence_phone import LicencePhone, issue, organisation, phone
from tests.journeys.looking import fits
from tests.journeys.stack import Stack

pytestmark = pytest.mark.browser
SIGNED_IN = "#agree, #level"
"""The portal's page, or, of who has not agreed there before, the question."""
DESK = {"width": 1280, "height": 900}


@pytest.fixture
def desk(browser: Browser) -> Iterator[BrowserContext]:
    found = browser.new_context(viewport=DESK, locale="zh-CN")  # type: ignore[arg-type]
    found.set_default_timeout(15_000)
    yield found
    found.close()


@pytest.fixture
def screen(desk: BrowserContext) -> Page:
    found = desk.new_page()
    found.on("pageerror", lambda problem: pytest.fail(f"script error: {problem}"))
    return found


@pytest.fixture
def take_phone(stack: Stack, browser: Browser, tmp_path: Path) -> Iterator[Callable[..., LicencePhone]]:
    with ExitStack() as cleanup:

        def made(serial: int, kind: str = "ecdsa", *, holder: int | None = None) -> LicencePhone:
            licence = issue(stack, serial, kind, tmp_path / f"licence-{serial}-{kind}", holder=holder)
            found = phone(stack, browser, tmp_path, licence)
            cleanup.callback(found.stop)
            return found

        yield made


def show_code(screen: Page, portal: str) -> None:
    steps.ask_portal(screen, portal)
    screen.click("#way-licence")
    screen.click("#way-licence-app")
    screen.wait_for_selector("#qr")


@pytest.mark.parametrize(("kind", "serial"), [("sm2", 1), ("ecdsa", 3)])
def test_a_scan_signs_the_holder_in(
    screen: Page, stack: Stack, take_phone: Callable[..., LicencePhone], kind: str, serial: int
) -> None:
    held = take_phone(serial, kind)
    show_code(screen, stack.hall)
    code = screen.inner_text("#link-code")
    held.take_picture(screen.locator("#qr"))
    expect(held.page.locator("#who")).to_contain_text("云岭市政务服务大厅")
    expect(held.page.locator("#who")).to_contain_text(stack.hall.removeprefix("http://"))
    expect(held.page.locator("#by")).to_have_text(stack.issuer)
    expect(held.page.locator("#code")).to_have_text(code)
    expect(screen.locator("#scanned")).to_be_visible()
    digits = held.confirm()
    screen.fill("#digits", digits)
    screen.click("#sign-in")
    steps.agree(screen)
    representative = organisation(serial).registered.representative
    assert representative is not None
    person = steps.signed_in_at(screen, stack.hall)
    assert (person["name"], person["level"]) == (representative.name, "4")
    expect(held.page.locator("#over")).to_have_attribute("data-kind", "state_taken")


def test_who_comes_with_a_licence_acts_for_its_organisation(
    screen: Page, stack: Stack, take_phone: Callable[..., LicencePhone]
) -> None:
    """Where the portal takes businesses; nobody is asked for whom they come."""
    held = take_phone(3)
    show_code(screen, stack.tax)
    held.take_picture(screen.locator("#qr"))
    screen.fill("#digits", held.confirm())
    screen.click("#sign-in")
    steps.agree(screen)
    screen.wait_for_url(f"{stack.tax}/me")
    expect(screen.locator("#facts")).to_contain_text(organisation(3).registered.name)


def test_who_refuses_on_the_phone_signs_nobody_in(
    screen: Page, stack: Stack, take_phone: Callable[..., LicencePhone]
) -> None:
    held = take_phone(1)
    show_code(screen, stack.hall)
    held.take_picture(screen.locator("#qr"))
    held.page.click("#not-mine")
    expect(held.page.locator("#over")).to_have_attribute("data-kind", "not_mine")
    expect(screen.locator("#over")).to_contain_text("已在手机上拒绝")
    screen.click("#again")
    expect(screen.locator("#qr")).to_be_visible()


def test_a_licence_of_a_wrong_organisation_is_refused(
    screen: Page, stack: Stack, take_phone: Callable[..., LicencePhone]
) -> None:
    """By the register, somebody else represents it."""
    held = take_phone(8, holder=1)
    show_code(screen, stack.hall)
    held.take_picture(screen.locator("#qr"))
    held.page.fill("#pin", "135790")
    held.page.click("#confirm")
    expect(held.page.locator("#over")).to_have_attribute("data-kind", "licence_refused")
    expect(held.page.locator("#message")).not_to_be_empty()
    expect(screen.locator("#over")).to_contain_text("执照未被接受")


def test_a_code_is_good_for_one_phone_once(
    screen: Page, stack: Stack, take_phone: Callable[..., LicencePhone]
) -> None:
    held = take_phone(1)
    show_code(screen, stack.hall)
    held.take_picture(screen.locator("#qr"))
    expect(held.page.locator("#who")).to_be_visible()
    code = held.page.inner_text("#code")
    held.page.goto(held.origin)
    held.page.fill("#link", code)
    held.page.click("#read")
    expect(held.page.locator("#problem")).to_have_attribute("data-kind", "unknown_code")


def test_app_and_page_on_one_phone(stack: Stack, take_phone: Callable[..., LicencePhone]) -> None:
    """The page's link opens the app, and the app's link leads back; the digits are filled in."""
    held = take_phone(1)
    page = held.page.context.new_page()
    show_code(page, stack.hall)
    fragment = page.locator("#app-link").get_attribute("href") or ""
    held.page.goto(f"{held.origin}/open#{fragment.partition('#')[2]}")
    held.page.click("#read")
    digits = held.confirm()
    with held.page.expect_navigation():
        held.page.click("#return")
    expect(held.page.locator("#digits")).to_have_value(digits)
    held.page.click("#sign-in")
    held.page.wait_for_selector(SIGNED_IN)


def test_a_victim_of_a_mailed_code_signs_nobody_in(
    screen: Page, stack: Stack, take_phone: Callable[..., LicencePhone]
) -> None:
    """Three guesses at the digits, and the way back leads to the victim's own browser."""
    held = take_phone(1)
    show_code(screen, stack.hall)
    held.take_picture(screen.locator("#qr"))
    digits = held.confirm()
    for guess in range(3):
        screen.fill("#digits", f"{(int(digits) + 1 + guess) % 10000:04}")
        screen.click("#sign-in")
        screen.wait_for_selector("#digits-error, #over")
    expect(screen.locator("#over")).to_contain_text("数字输错次数过多")
    held.page.click("#return")
    expect(held.page.locator("#over")).to_contain_text("不是在本浏览器中打开的")


def test_without_scripts(browser: Browser, stack: Stack, take_phone: Callable[..., LicencePhone]) -> None:
    held = take_phone(1)
    plain = browser.new_context(viewport=DESK, locale="zh-CN", java_script_enabled=False)  # type: ignore[arg-type]
    screen = plain.new_page()
    show_code(screen, stack.hall)
    held.take_picture(screen.locator("#qr"))
    digits = held.confirm()
    # The page loads itself again; nobody presses anything.
    screen.wait_for_selector("#digits", timeout=12_000)
    screen.fill("#digits", digits)
    screen.click("#sign-in")
    screen.wait_for_selector(SIGNED_IN)
    plain.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_fits(page: Page, stack: Stack, width: int, take_phone: Callable[..., LicencePhone]) -> None:
    take_phone(1)
    page.set_viewport_size({"width": width, "height": 844})
    show_code(page, stack.hall)
    page.click("#by-hand summary")
    fits(page, width)
    box = page.locator("#qr").bounding_box()
    assert box is not None
    assert box["width"] >= 200
