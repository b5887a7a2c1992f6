"""Electronic licences in a real browser: on a USB key, by TLS client authentication that ends in nginx, and
in a signing program on the same computer."""

import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.journeys import nginx, steps
from tests.journeys.conftest import MODELS, PHONE
from tests.journeys.looking import fits
from tests.journeys.stack import ROOT, Stack, running
from tests.ports import free_ports

pytestmark = pytest.mark.browser

COMPANY = "91000000YT00000112"
REPRESENTATIVE = 1
"""Serial of the legal representative, in the sandbox."""
READY_SECONDS = 20.0


@dataclass(frozen=True)
class Place:
    stack: Stack
    licences: Path
    key_origin: str
    agent_port: int

    def licence(self, name: str, algorithm: str, *more: str) -> Path:
        folder = self.licences / name
        number = self.stack.person(REPRESENTATIVE).number.value
        options = ("--algorithm", algorithm, "--holder", number, "--out", str(folder))
        self.stack.command("sandbox", "licence", COMPANY, *options, *more)
        return folder


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("licences")
    agent_port, *of_nginx = free_ports(4)
    ports = dict(zip(nginx.HOSTS, of_nginx, strict=True))
    key_origin = f"https://localhost:{ports['key']}"
    settings = {
        "IDP_SERVER__TRUSTED_PROXIES": "127.0.0.1",
        "IDP_LICENCES__USB_KEY_ORIGIN": key_origin,
        "IDP_LICENCES__SIGNING_AGENT_PORT": str(agent_port),
        # A list that one licence was looked up in says nothing of the next, which is revoked meanwhile.
        "IDP_LICENCES__REVOCATION_SECONDS": "1",
    }
    # Who shows certificates for the browser looks names up as every program does.
    with running(tmp_path_factory.mktemp("stack"), MODELS, settings, portals_host="localhost") as stack:
        found = Place(stack, folder, key_origin, agent_port)
        authorities = (found.licence("first", "ecdsa") / "chain.pem").read_bytes()
        tls = tmp_path_factory.mktemp("nginx")
        provider = f"127.0.0.1:{stack.ports['provider']}"
        with nginx.running(tls, provider=provider, ports=ports, authorities=authorities):
            yield found


@contextmanager
def browser_with(browser: Browser, place: Place, licence: Path | None) -> Iterator[Page]:
    """A browser that has the licence's certificate, and shows it to the host of the keys."""
    shown = licence and {
        "origin": place.key_origin,
        "certPath": licence / "licence.pem",
        "keyPath": licence / "licence.key",
    }
    context: BrowserContext = browser.new_context(
        viewport=PHONE,
        locale="zh-CN",
        ignore_https_errors=True,
        client_certificates=[shown] if shown else [],  # type: ignore[list-item]
    )
    context.set_default_timeout(15_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def choose_licence(page: Page, place: Place, way: str) -> None:
    steps.ask_portal(page, place.stack.tax)
    page.click("#way-licence")
    page.click(way)


def arrive(page: Page, place: Place, *, level: int) -> None:
    """At the portal; whoever has agreed before is not asked again."""
    page.wait_for_selector("#agree, #level")
    if page.locator("#agree").count():
        steps.agree(page)
    page.wait_for_url(f"{place.stack.tax}/me")
    expect(page.locator("#level")).to_have_attribute("data-level", str(level))


@pytest.mark.parametrize("algorithm", ["ecdsa", "rsa"])
def test_a_usb_key_signs_a_business_in(browser: Browser, place: Place, algorithm: str) -> None:
    licence = place.licence(f"key-{algorithm}", algorithm, "--hardware")
    with browser_with(browser, place, licence) as page:
        choose_licence(page, place, "#way-licence-key")
        page.click("#use-key")
        arrive(page, place, level=4)


def test_a_browser_without_a_certificate_is_told_so(browser: Browser, place: Place) -> None:
    with browser_with(browser, place, None) as page:
        choose_licence(page, place, "#way-licence-key")
        page.click("#use-key")
        expect(page.locator("#key-form")).to_have_attribute("data-refused-by", "no_certificate")


def test_attack_a_certificate_is_read_on_its_way(place: Place) -> None:
    """A licence holds its holder's ID number, and before TLS 1.3 certificates went in the clear."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    port = int(place.key_origin.rpartition(":")[2])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        trusting.wrap_socket(plain, server_hostname="localhost") as shown,
    ):
        assert shown.version() == "TLSv1.3"


def test_a_revoked_key_signs_nobody_in(browser: Browser, place: Place) -> None:
    licence = place.licence("revoked", "ecdsa")
    place.stack.command("sandbox", "revoke-licence", str(licence))
    with browser_with(browser, place, licence) as page:
        choose_licence(page, place, "#way-licence-key")
        page.click("#use-key")
        expect(page.locator("#key-form")).to_have_attribute("data-refused-by", "revoked")


def test_a_link_to_the_host_of_the_keys_brings_its_sender_nothing(browser: Browser, place: Place) -> None:
    """The victim's browser shows its certificate to that host; the attacker's sign-in is not theirs."""
    licence = place.licence("victim", "ecdsa")
    with browser_with(browser, place, None) as attacker, browser_with(browser, place, licence) as victim:
        choose_licence(attacker, place, "#way-licence-key")
        links = []

        def keep_link(route: Route) -> None:
            links.append(route.fetch(max_redirects=0).headers["location"])
            route.abort()

        attacker.route(f"{place.stack.issuer}/login/licence/usb-key*", keep_link)
        with attacker.expect_event("requestfailed"):
            attacker.click("#use-key")
        victim.goto(links[0])
        assert victim.url.startswith(f"{place.stack.issuer}/login/licence/usb-key/back")
        expect(victim.locator("#key-form")).to_have_count(0)
        assert not [one for one in victim.context.cookies() if one.get("name") == "__Host-session"]
        attacker.goto(f"{place.stack.issuer}/account")
        expect(attacker.locator("#password-form")).to_be_visible()


@contextmanager
def signing_program(place: Place, licence: Path) -> Iterator[None]:
    options = ["--issuer", place.stack.issuer, "--port", str(place.agent_port), "--yes"]
    with subprocess.Popen(
        [sys.executable, "-m", "clients.signing_agent", str(licence), *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("http://127.0.0.1")
            yield
        finally:
            process.terminate()
            process.wait(10)


def test_a_signing_program_signs_with_sm2(browser: Browser, place: Place) -> None:
    licence = place.licence("agent-sm2", "sm2")
    with browser_with(browser, place, None) as page, signing_program(place, licence):
        choose_licence(page, place, "#way-licence-signature")
        page.click("#agent-sign")
        arrive(page, place, level=3)


def test_without_a_signing_program_the_page_says_so(browser: Browser, place: Place) -> None:
    with browser_with(browser, place, None) as page:
        choose_licence(page, place, "#way-licence-signature")
        page.click("#agent-sign")
        expect(page.locator("#agent-problem")).to_be_visible()
        expect(page.locator("#agent-sign")).to_be_enabled()


def test_files_sign_in_without_any_script(browser: Browser, place: Place, tmp_path: Path) -> None:
    """The text is saved, signed elsewhere, and the files are chosen."""
    licence = place.licence("files", "sm2")
    context = browser.new_context(locale="zh-CN", java_script_enabled=False, accept_downloads=True)
    context.set_default_timeout(15_000)
    page = context.new_page()
    choose_licence(page, place, "#way-licence-signature")
    page.click("#by-files summary")
    with page.expect_download() as saved:
        page.click("#challenge-file")
    challenge = tmp_path / "challenge"
    saved.value.save_as(challenge)
    place.stack.command("sandbox", "sign-challenge", str(licence), "--challenge", str(challenge))
    page.set_input_files("#certificate", licence / "licence.pem")
    page.set_input_files("#chain", licence / "chain.pem")
    page.set_input_files("#signature", licence / "signature.bin")
    page.click("#send-signature")
    arrive(page, place, level=3)
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_fit(browser: Browser, place: Place, width: int) -> None:
    with browser_with(browser, place, None) as page:
        page.set_viewport_size({"width": width, "height": 844})
        steps.ask_portal(page, place.stack.tax)
        for element in ("#way-licence", "#way-licence-signature"):
            page.click(element)
            fits(page, width)
        page.click("#by-files summary")
        fits(page, width)
        page.click("#other-way")
        page.click("#way-licence-key")
        expect(page.locator("#use-key")).to_be_visible()
        fits(page, width)
