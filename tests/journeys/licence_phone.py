"""A telephone with the sample licence app in it, as a process of its own and a page of its size."""

import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError

from playwright.sync_api import Browser, Locator, Page

from idp.business.sandbox.population import SandboxOrganisation
from idp.business.sandbox.population import population as organisations
from idp.people import directory
from tests.journeys.stack import ROOT, Stack
from tests.ports import free_ports

SIZE = {"width": 390, "height": 844}
PIN = "135790"
READY_SECONDS = 20.0


def organisation(serial: int) -> SandboxOrganisation:
    today = directory.day_in_china(datetime.now(UTC))
    (found,) = [one for one in organisations(today) if one.serial == serial]
    return found


def issue(stack: Stack, serial: int, kind: str, out: Path, *, holder: int | None = None) -> Path:
    """A licence of an organisation of the sandbox. `holder`: a person's serial, where it is another one."""
    known = organisation(serial)
    representative = known.registered.representative
    assert representative is not None
    number = representative.number if holder is None else stack.person(holder).number.value
    assert number is not None
    stack.command(
        *("sandbox", "licence", known.code.value, "--algorithm", kind, "--holder", number, "--hardware"),
        *("--organisation", known.registered.name, "--out", str(out)),
    )
    return out


@dataclass
class LicencePhone:
    page: Page
    origin: str
    process: subprocess.Popen[bytes]

    def take_picture(self, code: Locator) -> None:
        """Of what a screen shows."""
        picture = {"name": "picture.png", "mimeType": "image/png", "buffer": code.screenshot()}
        self.page.goto(self.origin)
        self.page.set_input_files("#picture", files=[picture])  # type: ignore[list-item]
        self.page.click("#read")

    def confirm(self) -> str:
        """The digits that it shows then."""
        self.page.fill("#pin", PIN)
        self.page.click("#confirm")
        return self.page.inner_text("#digits")

    def stop(self) -> None:
        self.page.context.close()
        self.process.kill()
        self.process.wait()


def phone(stack: Stack, browser: Browser, folder: Path, licence: Path) -> LicencePhone:
    keep = folder / "wallet"
    app = [sys.executable, "-m", "clients.licence_app", "--keep", str(keep)]
    # Without a terminal of its own the hidden prompt reads what is typed here.
    added = subprocess.run(
        [*app, "add", str(licence)],
        cwd=ROOT,
        input=f"{PIN}\n{PIN}\n",
        text=True,
        capture_output=True,
        start_new_session=True,
        check=False,
    )
    assert added.returncode == 0, added.stderr
    (port,) = free_ports(1)
    with (folder / "licence-app.log").open("ab") as log:
        process = subprocess.Popen(
            [*app, "serve", "--port", str(port), "--provider", stack.issuer], cwd=ROOT, stdout=log, stderr=log
        )
    origin = f"http://localhost:{port}"
    _wait(origin)
    context = browser.new_context(viewport=SIZE, locale="zh-CN", has_touch=True)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    return LicencePhone(context.new_page(), origin, process)


def _wait(origin: str) -> None:
    end = monotonic() + READY_SECONDS
    while monotonic() < end:
        try:
            with urllib.request.urlopen(origin, timeout=2):
                return
        except (URLError, OSError):
            sleep(0.05)
    raise AssertionError("the licence app did not become ready")
