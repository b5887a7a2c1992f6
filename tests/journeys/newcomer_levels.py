"""A person of one's own signs in at the newcomer's portal, shows that they are here, and signs out."""

from pathlib import Path
from tempfile import TemporaryDirectory

from idp.people.sandbox.population import SandboxPerson
from tests.journeys import newcomer_programs
from tests.journeys.newcomer import make_app
from tests.journeys.newcomer_walk import Walk
from tests.journeys.stack import Stack
from tests.ports import free_port
from tests.virtual_person.browser import VirtualCamera

PASSWORD = "new-lantern-at-dusk-7"
REACHED = "body:has-text('You are here in person: level 3')"
"""What the quick start's page says to whoever has shown that."""


def step_up_and_leave(
    walk: Walk, stack: Stack, developer: SandboxPerson, citizen: Walk, camera: VirtualCamera | None
) -> None:
    """`camera`: whoever shows their face first as a person of their own is that person from then on. None:
    the newcomer has no camera, and the sandbox plays one."""
    port = free_port()
    origin = f"http://portal.localhost:{port}"
    told = make_app(walk, stack, developer, "portal", f"{origin}/callback")
    page = citizen.page
    citizen.begin()
    with TemporaryDirectory() as folder, newcomer_programs.flask(Path(folder), port).started(told.together):
        name, number = _own_person(citizen, stack)
        citizen.goto(origin)
        citizen.at("portal", "text=Sign in")
        citizen.click("text=Sign in")
        citizen.at("portal-sign-in", "#password")
        citizen.fill("#number", number)
        citizen.fill("#password", PASSWORD)
        citizen.click("#sign-in")
        citizen.at("portal-consent", "#agree")
        citizen.click("#agree")
        page.wait_for_url(f"{origin}/me")
        citizen.at("portal-signed-in", f"h1:has-text('{name}')")
        citizen.click("text=File a return")
        citizen.at("how-to-show", "#way-face")
        citizen.click("#way-face")
        citizen.at("face-consent", "#face-consent-agree")
        citizen.click("#face-consent-agree")
        citizen.at("camera", "#camera-start")
        if camera is None:
            citizen.click("#play-camera")
        else:
            citizen.click("#camera-start")
            camera.perform(until=f"{REACHED}, #result, #problem:visible", timeout_ms=90_000)
            assert page.locator(REACHED).count(), page.inner_text("main")
        citizen.at("level-3", REACHED)
        citizen.goto(f"{origin}/me")
        citizen.at("leaving", "#sign-out button")
        citizen.click("#sign-out button")
        page.wait_for_url(f"{origin}/")
        citizen.at("signed-out", "text=Sign in")
        citizen.click("text=Sign in")
        citizen.at("signed-out-at-the-provider", "#password")


def _own_person(citizen: Walk, stack: Stack) -> tuple[str, str]:
    """Their name and number, drawn for this visitor."""
    citizen.goto(f"{stack.issuer}/sandbox/people/own")
    citizen.at("own-person", "#own-form")
    citizen.fill("#password", PASSWORD)
    citizen.fill("#password-again", PASSWORD)
    citizen.click("#make")
    citizen.at("own-person-made", "#made")
    return citizen.page.inner_text("#made-name"), citizen.page.inner_text("#made-number")
