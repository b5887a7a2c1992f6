"""`idp run`: a sandbox on this machine, from nothing to a sign-in. What `make run` ends with.

Every step may be interrupted and done again: each looks for what is there before it makes it.
"""

import os
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.error import URLError

import click

from idp import settings as settings_module
from idp.commands import sandbox
from idp.commands.database import migrate_to, open_main_database
from idp.commands.keys import rotate_signing_keys
from idp.commands.opening import opened
from idp.commands.serve import provider
from idp.commands.supervisor import Program, Supervisor
from idp.crypto import master_key
from idp.extensions import utc_now
from idp.settings import ROOT, Settings

PORTALS = (
    ("hall", "http://hall.localhost:8001", "level 3: shows a live face, or another proof of presence"),
    ("tax", "http://tax.localhost:8002", "level 2: name and number verified"),
)
READY_SECONDS = 60


@click.command()
def run() -> None:
    """Set up a sandbox and serve it with the sample portals."""
    settings = settings_module.load()
    if not settings.sandbox:
        raise click.ClickException("`idp run` sets up a sandbox; this is not one. Use `idp serve`.")
    environment = dict(os.environ)
    prepare(settings, sorted((ROOT / "clients" / "manifests").glob("*.toml")), environment)
    programs = [*provider(settings, environment), *(_portal(name) for name, _origin, _what in PORTALS)]
    supervisor = Supervisor(programs)
    sys.exit(supervisor.run(when_started=lambda: _announce(settings)))


def prepare(settings: Settings, manifests: Sequence[Path], environment: Mapping[str, str]) -> None:
    """Keys, tables, people, clients: whatever of them is missing."""
    key_file = settings.path(settings.secrets.file)
    if settings.secrets.provider == "file" and not key_file.exists():
        master_key.write_new(key_file, master_key.generate(utc_now(), purpose=settings.mode))
    engine = open_main_database(settings)
    migrate_to(engine)
    engine.dispose()
    with opened(environment) as found:
        rotate_signing_keys(found, actor="operator")
        sandbox.apply_manifests(found, manifests)
        sandbox.populate(found)
        sandbox.populate_businesses(found)


def _portal(name: str) -> Program:
    # The portals get nothing of the provider's environment that starts with IDP_: it may be secret.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("IDP_")}
    argv = [sys.executable, "-m", "clients.portal", str(ROOT / "clients" / "portal" / f"{name}.toml")]
    return Program(f"portal {name}", argv, environment)


def _announce(settings: Settings) -> None:
    addresses = [f"http://127.0.0.1:{settings.server.port}/readyz"]
    addresses += [f"http://127.0.0.1:{origin.rpartition(':')[2]}/" for _name, origin, _what in PORTALS]
    if not _wait_until_ready(addresses):
        click.echo("The provider did not become ready; see the messages above.", err=True)
        return
    click.echo(_welcome(settings))


def _wait_until_ready(addresses: Sequence[str]) -> bool:
    end = time.monotonic() + READY_SECONDS
    for address in addresses:
        while not _answers(address):
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
    return True


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310  http, and our own
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _welcome(settings: Settings) -> str:
    lines = ["", "Open in a browser:"]
    lines += [f"  {origin:<40} {what}" for _name, origin, what in PORTALS]
    lines += [
        f"  {settings.issuer + '/sandbox/messages':<40} its text messages, and who lives in the sandbox"
    ]
    lines += ["", "Sandbox identities (all synthetic; every password is in the table):", *sandbox.table()]
    lines += ["", "Everybody else, and the organisations that they represent, with their codes:"]
    lines += [f"  {settings.issuer}/sandbox/messages"]
    lines += ["", f"Files lie in {_shown(settings.path(settings.data_directory))}. Ctrl-C stops everything."]
    return "\n".join(lines)


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
