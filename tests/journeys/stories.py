"""What `make show` shows. Each story is walked through by any visitor: photographed or filmed."""

from __future__ import annotations

from playwright.sync_api import expect

from idp.people.sandbox.population import SandboxPerson
from tests.journeys import steps
from tests.journeys.stack import Stack
from tests.journeys.visitors import Visitor
from tests.virtual_person.browser import VirtualCamera

PASSWORD = "new-lantern-at-dusk-7"


class NotRecognised(Exception):
    """The face check refused: on a busy machine too few pictures may reach it. The text is the page's."""


def sign_in_with_a_live_face(
    visitor: Visitor, stack: Stack, person: SandboxPerson, camera: VirtualCamera
) -> None:
    """The hall asks for level 3: a password, then a face."""
    visitor.page.goto(stack.hall)
    visitor.look("portal")
    visitor.tap("#sign-in")
    _give_password(visitor, person)
    visitor.page.wait_for_selector("#way-face")
    visitor.look("ways")
    _show_face(visitor, camera, until="#agree")
    visitor.look("consent")
    visitor.tap("#agree")
    visitor.page.wait_for_url(f"{stack.hall}/me")
    visitor.look("signed-in")


def second_portal(visitor: Visitor, stack: Stack) -> None:
    """The tax service knows the person as soon as the sharing is agreed to: nothing is to be proved again."""
    visitor.page.goto(stack.tax)
    visitor.look("second-portal")
    visitor.tap("#sign-in")
    expect(visitor.page.locator("#agree")).to_be_visible()
    visitor.look("second-consent")
    visitor.tap("#agree")
    visitor.page.wait_for_url(f"{stack.tax}/me")
    visitor.look("second-signed-in")


def step_up(visitor: Visitor, stack: Stack, person: SandboxPerson, camera: VirtualCamera) -> None:
    """Another device: a password opens the records, filing a return asks for the face."""
    page = visitor.page
    page.goto(f"{stack.tax}/sign-in")
    steps.give_password(page, person)
    page.wait_for_selector("#agree, #facts")
    if page.locator("#agree").count():
        page.click("#agree")
    page.wait_for_url(f"{stack.tax}/me")
    page.goto(f"{stack.tax}/services/records")
    visitor.look("records-level-2")
    page.goto(stack.tax)
    visitor.tap("#service-filing")
    page.wait_for_selector("#way-face")
    visitor.look("step-up")
    _show_face(visitor, camera, until="#service-title", part="step-up-")
    page.wait_for_url(f"{stack.tax}/services/filing")
    visitor.look("filing-level-3")
    page.goto(f"{stack.issuer}/account")
    visitor.look("account")


def enrol(visitor: Visitor, stack: Stack, person: SandboxPerson) -> None:
    """No account yet, and no camera: phone, number and name, a code from a service window, a password."""
    page = visitor.page
    phone = f"+86199111009{person.serial:02d}"
    code = stack.command("people", "activation-code", typed=f"{person.number.value}\n").split()[0]
    steps.ask_portal(page, stack.tax)
    visitor.tap("#enrol")
    page.wait_for_selector("#phone")
    visitor.write("#phone", phone.removeprefix("+86"))
    visitor.look("enrol-phone")
    visitor.tap("#send-code")
    page.wait_for_selector("#code")
    visitor.write("#code", steps.newest_code(page, stack, phone))
    visitor.look("enrol-code")
    visitor.tap("#continue")
    visitor.write("#name", person.name)
    visitor.write("#number", person.number.value)
    visitor.look("enrol-identity")
    visitor.tap("#continue")
    visitor.write("#activation-code", code)
    visitor.look("enrol-proof")
    visitor.tap("#way-activation")
    visitor.write("#password", PASSWORD)
    visitor.write("#password-again", PASSWORD)
    visitor.look("enrol-password")
    visitor.tap("#set-password")
    page.wait_for_selector("#result")
    visitor.look("enrol-done")
    visitor.tap("#continue")
    steps.agree(page)
    page.wait_for_url(f"{stack.tax}/me")
    visitor.look("enrolled-signed-in")


def act_for_an_organisation(visitor: Visitor, stack: Stack, person: SandboxPerson, code: str) -> None:
    """The business hall asks for which organisation; the person adds the one they represent, and invites."""
    page = visitor.page
    page.goto(stack.tax)
    visitor.look("business-hall")
    visitor.tap("#service-vat")
    steps.give_password(page, person)
    page.wait_for_selector("#choose")
    visitor.look("for-whom")
    visitor.write("#code", code)
    visitor.tap("#add-organisation")
    page.wait_for_selector("#option-2")
    visitor.tap("#option-2")
    visitor.look("for-whom-added")
    visitor.tap("#choose")
    page.wait_for_selector("#agree")
    visitor.look("business-consent")
    visitor.tap("#agree")
    page.wait_for_url(f"{stack.tax}/services/vat")
    visitor.look("business-signed-in")
    page.goto(f"{stack.issuer}/account/organisations")
    visitor.tap("#organisation-1-open")
    page.wait_for_selector("#members")
    visitor.look("organisation")
    visitor.tap("#invite-agent")
    page.wait_for_selector("#send")
    visitor.look("organisation-invite")


def _give_password(visitor: Visitor, person: SandboxPerson) -> None:
    assert person.account is not None
    visitor.page.wait_for_selector("#password")
    visitor.write("#number", person.number.value)
    visitor.write("#password", person.account.password)
    visitor.look("password")
    visitor.tap("#sign-in")


def _show_face(visitor: Visitor, camera: VirtualCamera, *, until: str, part: str = "") -> None:
    visitor.tap("#way-face")
    visitor.page.wait_for_selector("#face-consent-text")
    visitor.look(f"{part}face-consent")
    visitor.tap("#face-consent-agree, #face-start")
    visitor.page.wait_for_selector("#camera-start:visible")
    visitor.look(f"{part}before-camera")
    visitor.tap("#camera-start")
    visitor.show_face(camera, f"{until}, #result", f"{part}camera")
    if visitor.page.locator(until).count() == 0:
        raise NotRecognised(visitor.page.inner_text("main"))
