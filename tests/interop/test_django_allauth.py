"""A Django site whose sign-in is django-allauth's OpenID Connect provider, by discovery."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from idp.people.sandbox.population import SandboxPerson
from tests.interop.provider import Registered
from tests.journeys import steps
from tests.journeys.stack import ROOT, Stack

pytestmark = [pytest.mark.interop, pytest.mark.browser]


@pytest.fixture
def site(stack: Stack, clients: dict[str, Registered], tmp_path: Path) -> Iterator[Registered]:
    client = clients["django-allauth"]
    told = client.told(stack.issuer) | {"database": str(tmp_path / "site.db")}
    with (
        (tmp_path / "site.log").open("wb+") as log,
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
            assert ready == b"ready\n", (tmp_path / "site.log").read_text()
            yield client
        finally:
            process.kill()


def test_a_site_signs_a_person_in(stack: Stack, site: Registered, page: Page, person: SandboxPerson) -> None:
    page.goto(f"{site.origin}/accounts/oidc/yitong/login/")
    steps.give_password(page, person)
    steps.agree(page)
    page.wait_for_url(f"{site.origin}/")
    found = json.loads(page.inner_text("body"))
    assert found["signed_in"] is True
    assert found["said"]["userinfo"]["name"] == person.name
    assert found["said"]["id_token"]["iss"] == stack.issuer
    assert found["uid"] == found["said"]["userinfo"]["sub"] == found["said"]["id_token"]["sub"]

    # Once more: the same account, and nothing is asked.
    page.context.clear_cookies(domain="django.localhost")
    page.goto(f"{site.origin}/accounts/oidc/yitong/login/")
    page.wait_for_url(f"{site.origin}/")
    assert json.loads(page.inner_text("body"))["uid"] == found["uid"]
