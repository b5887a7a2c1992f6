"""One provider for all snippets, at which their registrations are applied as their pages say."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.interop.conftest import person, visitor
from tests.interop.provider import Registered
from tests.journeys.stack import ROOT, Stack, running
from tests.ports import free_ports

__all__ = ["person", "visitor"]

SNIPPETS = ROOT / "docs" / "site" / "snippets"
MODELS = ROOT / "var" / "models"
EXAMPLE_PORT = re.compile(r"(?<=:)5000\b")
PATIENCE_MILLISECONDS = 60_000
"""Of a browser, on a machine that does much else."""


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("documentation"), MODELS) as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Of a browser that nobody has used yet."""
    context = browser.new_context(locale="en")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def apps(stack: Stack) -> dict[str, Registered]:
    """Every `client.toml` of a page, each at a port of its own; by the snippet's name."""
    manifests = sorted(SNIPPETS.glob("*/client.toml"))
    made: dict[str, Path] = {}
    for manifest, port in zip(manifests, free_ports(len(manifests)), strict=True):
        text = EXAMPLE_PORT.sub(str(port), manifest.read_text("utf-8"))
        file = stack.folder / f"{manifest.parent.name}.toml"
        file.write_text(text.replace("var/clients/", f"{stack.folder}/"), "utf-8")
        made[manifest.parent.name] = file
    stack.command("clients", "apply", "--yes", *map(str, made.values()))
    return {name: _registered(file) for name, file in made.items()}


def _registered(file: Path) -> Registered:
    metadata = tomllib.loads(file.read_text("utf-8"))
    secret = Path(metadata.get("secret_file", ""))
    return Registered(metadata, secret.read_text("utf-8").strip() if secret.is_file() else "")
