"""A template in the place of the register's photo, agreed to and withdrawn. In a stack that keeps some."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from idp.audit.models import AuditEvent
from idp.commands.opening import opened
from idp.people.registry.models import RegisterEntry
from tests.journeys import steps
from tests.journeys.conftest import MODELS
from tests.journeys.stack import Stack, photographed, running
from tests.virtual_person import VirtualPerson
from tests.virtual_person.browser import install_camera
from tests.virtual_person.scenes import Scenes

pytestmark = pytest.mark.browser
KEEP = {"IDP_LIVENESS__KEEP_TEMPLATES": "true", "IDP_LIVENESS__KEEP_EVIDENCE_DAYS": "30"}


@pytest.fixture(scope="module")
def keeping(tmp_path_factory: pytest.TempPathFactory, face: VirtualPerson) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("keeping"), MODELS, KEEP) as found:
        photographed(found, 17, face)
        yield found


def without_photos(stack: Stack) -> None:
    with opened(stack.environment) as found, found.sessions.begin() as session:
        session.execute(update(RegisterEntry).values(photo_sealed=None))


def references(stack: Stack) -> list[str]:
    """What the faces were compared with, check by check."""
    with opened(stack.environment) as found, found.sessions() as session:
        query = select(AuditEvent.payload).where(AuditEvent.name == "face_checked").order_by(AuditEvent.seq)
        return [json.loads(payload)["reference"] for payload in session.scalars(query)]


def test_a_template_serves_while_it_is_agreed_to(keeping: Stack, page: Page, scenes: Scenes) -> None:
    camera = install_camera(page, scenes)
    steps.ask_portal(page, keeping.hall)
    steps.give_password(page, keeping.person(17))
    page.click("#way-face")
    page.click("#face-consent-agree")
    for purpose in ("template", "evidence"):
        page.click(f"#keep-{purpose}-agree")
        page.wait_for_selector(f"#keep-{purpose}-given")
    page.click("#face-start")
    page.wait_for_selector("#capture")
    assert steps.show_face(page, camera), page.inner_text("#result")

    # The register loses its photos: the next check, in a fresh sign-in, is against the template.
    without_photos(keeping)
    page.goto(f"{keeping.issuer}/account")
    expect(page.locator("#kept-template")).to_be_visible()
    expect(page.locator("#kept-evidence")).to_be_visible()
    page.click("#sign-out")
    page.wait_for_selector("#signed-out")
    steps.ask_portal(page, keeping.hall)
    steps.give_password(page, keeping.person(17))
    steps.show_live_face(page, camera)
    assert references(keeping) == ["photo", "template"]

    page.goto(f"{keeping.issuer}/account")
    page.click("#kept-template-withdraw")
    expect(page.locator("#kept-template")).to_have_count(0)
    assert "0  in use" in keeping.command("people", "templates")
    assert len(keeping.command("people", "evidence", "list").splitlines()) == 2
