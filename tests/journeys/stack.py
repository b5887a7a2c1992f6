"""The provider, its worker and the two sample portals as real processes on free ports."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError

from idp import settings as settings_module
from idp.commands import run
from idp.commands.opening import opened
from idp.commands.serve import provider
from idp.commands.supervisor import Program
from idp.people import directory
from idp.people.registry.embedded import RegisterRecord, upsert
from idp.people.sandbox.population import SandboxPerson, population
from tests.liveness.networks import write_pad_override
from tests.ports import free_ports
from tests.virtual_person import VirtualPerson

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60.0


@dataclass
class Stack:
    """Addresses as a browser uses them."""

    folder: Path
    environment: dict[str, str]
    ports: dict[str, int]
    portals_host: str | None = None
    """One for both portals. None: a name each, which only browsers know."""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return self.environment["IDP_ISSUER"]

    @property
    def hall(self) -> str:
        return self._portal("hall")

    @property
    def tax(self) -> str:
        return self._portal("tax")

    def _portal(self, name: str) -> str:
        return f"http://{self.portals_host or f'{name}.localhost'}:{self.ports[name]}"

    def restart_provider(self) -> None:
        """As an operator's upgrade would: stop in the middle of whatever goes on, start again."""
        _stop(self.processes["provider"])
        (program,) = [p for p in self.programs() if p.name == "provider"]
        self.start(program)
        self.wait_until_ready()

    def programs(self) -> list[Program]:
        settings = settings_module.load(self.environment)
        found = provider(settings, self.environment)
        for name in ("hall", "tax"):
            found.append(
                Program(
                    name,
                    [sys.executable, "-m", "clients.portal", str(ROOT / "clients/portal" / f"{name}.toml")],
                    {
                        **os.environ,
                        "PORTAL_ISSUER": self.issuer,
                        "PORTAL_ORIGIN": getattr(self, name),
                        "PORTAL_PORT": str(self.ports[name]),
                        "PORTAL_SECRET_FILE": str(self.folder / f"{name}.secret"),
                    },
                )
            )
        return found

    def start(self, program: Program) -> None:
        with (self.folder / f"{program.name}.log").open("ab") as log:
            self.processes[program.name] = subprocess.Popen(
                program.argv, env=dict(program.environment), cwd=ROOT, stdout=log, stderr=log
            )

    def wait_until_ready(self) -> None:
        end = time.monotonic() + READY_SECONDS
        for name, path in (("provider", "/readyz"), ("hall", "/"), ("tax", "/")):
            while not _answers(f"http://127.0.0.1:{self.ports[name]}{path}"):
                log = (self.folder / f"{name}.log").read_text("utf-8", "replace")[-2000:]
                assert self.processes[name].poll() is None, f"{name} ended:\n{log}"
                assert time.monotonic() < end, f"{name} did not become ready:\n{log}"
                time.sleep(0.05)

    def person(self, serial: int) -> SandboxPerson:
        """One of the sandbox's people."""
        today = directory.day_in_china(datetime.now(UTC))
        (found,) = [person for person in population(today) if person.serial == serial]
        return found

    def set_photo(self, person: SandboxPerson, photo: bytes) -> None:
        """Let the register hold this face for a person of the sandbox."""
        with opened(self.environment) as found, found.sessions.begin() as session:
            record = RegisterRecord(person.number.value, person.name, person.phone, photo, person.deceased)
            upsert(session, record, cipher=found.cipher, index=found.index, now=found.clock())

    def command(self, *arguments: str, typed: str = "") -> str:
        """An operator's command, with what is typed at its prompts; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "idp", *arguments],
            env=self.environment,
            cwd=ROOT,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            # Without a terminal of its own, a hidden prompt reads what is typed here.
            start_new_session=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def running(
    folder: Path, models: Path, extra: dict[str, str] | None = None, *, portals_host: str | None = None
) -> Iterator[Stack]:
    """Everything, from an empty folder; all of it is stopped at the end, by pid."""
    ports = dict(zip(("provider", "hall", "tax"), free_ports(3), strict=True))
    stack = Stack(folder, _environment(folder, models, ports) | (extra or {}), ports, portals_host)
    settings = settings_module.load(stack.environment)
    run.prepare(settings, _manifests(stack), stack.environment)
    with ExitStack() as cleanup:
        for program in stack.programs():
            stack.start(program)
            cleanup.callback(lambda name=program.name: _stop(stack.processes[name]))
        stack.wait_until_ready()
        yield stack


def photographed(stack: Stack, serial: int, face: VirtualPerson) -> SandboxPerson:
    """A person of the sandbox whose register photo shows the virtual person."""
    person = stack.person(serial)
    stack.set_photo(person, face.photo())
    return person


def _environment(folder: Path, models: Path, ports: dict[str, int]) -> dict[str, str]:
    # The virtual person is an injection attack: no measure of presentation attack detection, whose
    # role is given to a network made for the test through the operator's own mechanism.
    override = write_pad_override(folder / "pad", (0.0, 8.0, 0.0))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
    return inherited | {
        "IDP_ISSUER": f"http://localhost:{ports['provider']}",
        "IDP_SERVER__PORT": str(ports["provider"]),
        "IDP_DATA_DIRECTORY": str(folder),
        "IDP_DATABASE__URL": f"sqlite:///{folder}/idp.db",
        "IDP_EPHEMERAL__URL": f"sqlite:///{folder}/ephemeral.db",
        "IDP_SECRETS__FILE": str(folder / "master.json"),
        "IDP_OUTBOUND__CLIENTS_ALLOW": ",".join(
            f"http://127.0.0.1:{ports[name]}" for name in ("hall", "tax")
        ),
        "IDP_LIVENESS__MODELS_DIRECTORY": str(models),
        "IDP_LIVENESS__OVERRIDE_MANIFEST": str(override),
    }


def _manifests(stack: Stack) -> Sequence[Path]:
    """The committed manifests, with this stack's ports and secret files."""
    made = []
    for name in ("hall", "tax"):
        text = (ROOT / "clients/manifests" / f"{name}.toml").read_text("utf-8")
        text = re.sub(rf"http://{name}\.localhost:\d+", getattr(stack, name), text)
        text = re.sub(r"http://127\.0\.0\.1:\d+", f"http://127.0.0.1:{stack.ports[name]}", text)
        text = text.replace(f"var/clients/{name}.secret", str(stack.folder / f"{name}.secret"))
        file = stack.folder / f"{name}.toml"
        file.write_text(text, "utf-8")
        made.append(file)
    return made


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
