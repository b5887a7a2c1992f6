"""The newcomer's two ways, from `/developer` with nobody signed in to a citizen at the quick start."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from idp.people.sandbox.population import SandboxPerson
from tests.journeys import newcomer_programs
from tests.journeys.newcomer_walk import Walk
from tests.journeys.stack import Stack
from tests.ports import free_port

NAMES = {
    "portal": {"zh-CN": "我的第一个门户", "zh-Hant": "我的第一個門戶", "en": "My first portal"},
    "single-page": {
        "zh-CN": "我的第一个单页应用",
        "zh-Hant": "我的第一個單頁應用",
        "en": "My first page",
    },
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a newcomer takes along from the page of a new app."""

    together: str
    """Copied in one piece."""
    client_id: str
    scope: str
    app: str
    """Address of the app's pages."""


def make_app(
    walk: Walk, stack: Stack, developer: SandboxPerson, kind: str, address: str, locale: str = "zh-CN"
) -> Told:
    """By the wizard, and then to the quick start."""
    walk.goto(f"{stack.issuer}/developer")
    walk.at("sign-in", "#password")
    sign_in(walk, developer)
    walk.at("console", "#team-1-new")
    walk.click("#team-1-new")
    walk.at("kinds", f"#kind-{kind}")
    walk.click(f"#kind-{kind}")
    walk.at("form", "#make")
    walk.fill("#field-client_name", NAMES[kind][locale])
    walk.fill("#field-redirect_uris", address)
    walk.click("#make")
    walk.at("created", "#client-id")
    page = walk.page
    together = walk.copy("together")
    told = Told(
        together,
        page.inner_text("#client-id"),
        page.inner_text("#scope"),
        f"{stack.issuer}{page.get_attribute('#to-overview', 'href')}",
    )
    walk.click("#to-quick-start")
    walk.at("quick-start", "#content pre")
    return told


def flask(walk: Walk, stack: Stack, people: tuple[SandboxPerson, SandboxPerson], citizen: Walk) -> None:
    """People: the developer, and who signs in at the portal. `citizen`: in a browser of their own."""
    port = free_port()
    origin = f"http://portal.localhost:{port}"
    told = make_app(walk, stack, people[0], "portal", f"{origin}/callback")
    citizen.begin()
    with TemporaryDirectory() as folder, newcomer_programs.flask(Path(folder), port).started(told.together):
        comes_to_the_portal(citizen, origin, people[1])


def comes_to_the_portal(citizen: Walk, origin: str, person: SandboxPerson) -> None:
    """For the first time, in a browser where nobody is signed in."""
    citizen.goto(origin)
    citizen.at("portal", "text=Sign in")
    citizen.click("text=Sign in")
    citizen.at("portal-sign-in", "#password")
    sign_in(citizen, person)
    citizen.at("portal-consent", "#agree")
    citizen.click("#agree")
    citizen.page.wait_for_url(f"{origin}/me")
    citizen.at("portal-signed-in", f"h1:has-text('{person.name}')")


def single_page(walk: Walk, stack: Stack, people: tuple[SandboxPerson, SandboxPerson], citizen: Walk) -> None:
    """The same with oidc-client-ts."""
    port = free_port()
    here = f"http://spa.localhost:{port}/"
    told = make_app(walk, stack, people[0], "single-page", here)
    citizen.begin()
    with TemporaryDirectory() as folder, newcomer_programs.page_alone(Path(folder), port, told.together):
        citizen.goto(here)
        citizen.at("page", "#sign-in")
        citizen.click("#sign-in")
        citizen.at("page-sign-in", "#password")
        sign_in(citizen, people[1])
        citizen.at("page-consent", "#agree")
        citizen.click("#agree")
        citizen.at("page-signed-in", f"#person:has-text('{people[1].name}, level 2')")


def sign_in(walk: Walk, person: SandboxPerson) -> None:
    assert person.account is not None
    walk.fill("#number", person.number.value)
    walk.fill("#password", person.account.password)
    walk.click("#sign-in")
