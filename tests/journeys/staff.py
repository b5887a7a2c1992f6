"""Members of staff come to be: added by the operator, activated in a browser with an authenticator app."""

import time
from base64 import b32decode

from playwright.sync_api import Page, expect

from idp.staff import totp
from tests.journeys.stack import Stack

PASSWORD = "a long enough phrase"
OFFICE = "云岭市政务服务中心"


def add_staff(stack: Stack, staff_number: str, role: str, *, serial: int, window: str = "") -> str:
    """Their activation code. `serial`: whose card in the sandbox is their own."""
    own = stack.person(serial).number.value
    place = ("--office", OFFICE, "--window", window)
    return stack.command("staff", "add", staff_number, "--role", role, *place, typed=f"{own}\n").strip()


def activate(page: Page, stack: Stack, staff_number: str, code: str) -> None:
    page.goto(f"{stack.issuer}/staff/activate")
    page.fill("#staff-number", staff_number)
    page.fill("#code", code)
    page.click("#continue")
    page.click("#totp-by-hand summary")
    secret = b32decode(page.locator("#totp-secret").inner_text().replace(" ", ""))
    page.fill("#password", PASSWORD)
    page.fill("#password-again", PASSWORD)
    page.fill("#code", totp.code_at(secret, int(time.time()) // totp.STEP_SECONDS))
    page.click("#set-means")
    expect(page.locator("#staff-bar")).to_contain_text(staff_number)
