"""A Django site whose sign-in is a library's, by discovery."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page

from idp.people.sandbox.population import SandboxPerson
from tests.interop.provider import Registered
from tests.journeys import steps
from tests.journeys.stack import ROOT, Stack

pytestmark = [pytest.mark.interop, pytest.mark.browser]


@contextmanager
def serving(stack: Stack, client: Registered, folder: Path) -> Iterator[None]:
    library = client.client_id.replace("-", "_")
    told = client.told(stack.issuer) | {"library": library, "database": str(folder / "site.db")}
    with (
        (folder / "site.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.interop.sites.django_site"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=ROOT,
        ) as process,
    ):
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(told).encode() + b"\n")
            process.stdin.flush()
            ready = process.stdout.readline()
            assert ready == b"ready\n", (folder / "site.log").read_text("utf-8")
            yield
        finally:
            process.kill()


@pytest.mark.parametrize("name", ["django-allauth", "django-social"])
def test_a_site_signs_a_person_in(
    stack: Stack,
    clients: dict[str, Registered],
    page: Page,
    person: SandboxPerson,
    tmp_path: Path,
    name: str,
) -> None:
    client = clients[name]
    with serving(stack, client, tmp_path):
        page.goto(client.origin)
        page.click("#enter")
        steps.give_password(page, person)
        steps.agree(page)
        page.wait_for_url(f"{client.origin}/")
        page.wait_for_selector("pre")
        found = json.loads(page.inner_text("body"))
        assert found["name"] == person.name
        assert found["uid"] == found["sub"]

        # Once more: the same account, and nothing is asked.
        page.context.clear_cookies(domain="django.localhost")
        page.goto(client.origin)
        page.click("#enter")
        page.wait_for_selector("pre")
        assert json.loads(page.inner_text("body")) == found
