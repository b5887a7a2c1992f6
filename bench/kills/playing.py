"""The rounds: everything runs under load, some of it is killed, what was killed is started again.

Killing all processes of the database at once, it has to recover from what it has written; what the operating
system has taken and not yet brought to the disk survives that. A power cut is played on top: everything is
killed, and what was not on the disk is taken away again (`power_cut.py`).
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select

from bench.kills import ledger
from bench.kills.counting import Counts, count
from bench.kills.power_cut import Disk
from bench.kills.requesting import Portals
from bench.protocol.meters import family
from bench.protocol.ours import Prepared, answers, prepared
from idp.people.models import Person
from idp.settings import ROOT
from tests.servers import PostgresProcess, end, wait_for

DURABLE = ("shared_buffers=64MB", "max_connections=200")
"""fsync, full_page_writes and synchronous_commit are on unless somebody switches them off."""


class Victim(StrEnum):
    PROVIDER = "provider"
    """The supervisor, the server with its worker processes, and `idp worker`."""
    SERVING = "serving"
    """The process that answers, alone: the server starts another."""
    DATABASE = "database"
    WRITERS = "writers"
    POWER = "power"
    """Everything, and what was not on the disk."""


@dataclass(frozen=True, slots=True)
class Plan:
    seed: int
    rounds: int
    seconds: float
    """Of load before the kills of a round, at most."""
    on_postgresql: bool
    first: tuple[tuple[Victim, ...], ...] | None = None
    """Who is killed in the first rounds; if not said, each alone in turn. Later rounds draw lots."""
    writers: int = 2
    threads: int = 4
    """Of each writer, and of the portals."""
    has_power_cuts: bool = False
    """A C compiler is there to play them with."""

    @property
    def victims(self) -> tuple[Victim, ...]:
        absent = {
            *(() if self.on_postgresql else (Victim.DATABASE,)),
            *(() if self.has_power_cuts else (Victim.POWER,)),
        }
        return tuple(one for one in Victim if one not in absent)


@dataclass(frozen=True, slots=True)
class Played:
    kills: dict[Victim, int]
    counts: Counts


RESTART_PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds. A child of the killed server may live a moment longer, and beside it no other server starts."""


def _bring_back(database: PostgresProcess) -> None:
    for pause in RESTART_PAUSES:
        try:
            database.start()
        except RuntimeError:
            time.sleep(pause)
        else:
            return
    database.start()


@dataclass
class House:
    plan: Plan
    found: Prepared
    database: PostgresProcess | None
    database_url: str
    disk: Disk | None
    chance: random.Random
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    writers: int = 0

    @property
    def ledgers(self) -> Path:
        return self.found.folder / "ledgers"

    def start(self, say: Callable[[str], None]) -> None:
        """What of it does not run."""
        if self.database is not None and (self.database.process is None or self.database.process.poll()):
            _bring_back(self.database)
            say("the database is back")
        if "provider" not in self.processes:
            command = [sys.executable, "-m", "idp", "serve"]
            self._run("provider", command, {**self.found.environment, **self._on_disk})
        for number in range(self.plan.writers):
            if (name := f"writer-{number}") not in self.processes:
                self.writers += 1
                key = f"{name}-{self.writers}"
                path = self.ledgers / f"{key}.ledger"
                command = [sys.executable, "-m", "bench.kills.writing", self.database_url, str(path), key]
                self._run(name, [*command, str(self.plan.threads)], {**os.environ, **self._on_disk})
        port = self.found.side.address[1]
        wait_for(lambda: answers(port), "the provider", self.processes["provider"])
        for number in range(self.plan.writers):
            wait_for(lambda: self._writes(number), "a writer", self.processes[f"writer-{number}"])  # noqa: B023

    @property
    def _on_disk(self) -> dict[str, str]:
        """SQLite is written by these processes themselves."""
        return {} if self.disk is None or self.database is not None else self.disk.environment

    def kill(self, victim: Victim) -> None:
        if victim is Victim.POWER:
            assert self.disk is not None
            for one in (Victim.DATABASE, Victim.PROVIDER, Victim.WRITERS):
                if one in self.plan.victims:
                    self.kill(one)
            # A connection of ours would keep what SQLite has in shared memory.
            self.found.services.engine.dispose()
            self.disk.lose(self.chance)
            return
        for pids, forget in self._pids(victim):
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if forget is not None:
                process = self.processes.pop(forget)
                process.wait()
                if process.stdin is not None:
                    process.stdin.close()
        if victim is Victim.DATABASE and self.database is not None and self.database.process is not None:
            self.database.process.wait()

    def end(self) -> None:
        for name in list(self.processes):
            end(self.processes[name])
            pipe = self.processes.pop(name).stdin
            if pipe is not None:
                pipe.close()

    def _pids(self, victim: Victim) -> Iterator[tuple[Sequence[int], str | None]]:
        """Ids, and the name of the process that is over with them."""
        if victim is Victim.DATABASE:
            assert self.database is not None
            assert self.database.process is not None
            yield family(self.database.process.pid), None
        elif victim is Victim.WRITERS:
            for number in range(self.plan.writers):
                yield family(self.processes[f"writer-{number}"].pid), f"writer-{number}"
        else:
            whole = family(self.processes["provider"].pid)
            if victim is Victim.PROVIDER:
                yield whole, "provider"
            else:
                yield [pid for pid in whole if _answers_requests(pid, whole)], None

    def _run(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        with (self.found.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(  # noqa: S603 - our own programs
                command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log
            )

    def _writes(self, number: int) -> bool:
        """Whether this writer's first event is safe: its ledger is there."""
        paths = sorted(self.ledgers.glob(f"writer-{number}-*.ledger"), key=lambda path: path.stat().st_ctime)
        return bool(paths) and paths[-1].stat().st_size > 0


def play(plan: Plan, folder: Path, say: Callable[[str], None]) -> Played:
    """Raises RuntimeError when something does not come back."""
    chance = random.Random(plan.seed)  # noqa: S311 - a run can be repeated
    kills = dict.fromkeys(plan.victims, 0)
    first = plan.first or tuple((victim,) for victim in plan.victims)
    with _house(plan, folder, chance) as house:
        services = house.found.services
        with services.sessions() as session:
            before = frozenset(session.scalars(select(Person.id)))
        services.engine.dispose()
        portals = Portals(house.found.side, house.ledgers / "portals.ledger", threads=plan.threads)
        house.start(say)
        portals.start()
        try:
            for number in range(plan.rounds):
                portals.give_codes()
                time.sleep(chance.uniform(0.1, 1.0) * plan.seconds)
                chosen = first[number] if number < len(first) else _drawn(plan, chance)
                for victim in chosen:
                    house.kill(victim)
                    kills[victim] += 1
                say(f"round {number + 1}: killed {', '.join(chosen)}")
                house.start(say)
            time.sleep(plan.seconds / 2)
        finally:
            portals.end()
            house.end()
        return Played(kills, count(services, ledger.read(house.ledgers), before))


def _drawn(plan: Plan, chance: random.Random) -> tuple[Victim, ...]:
    found = chance.sample(plan.victims, chance.randint(1, len(plan.victims)))
    if Victim.POWER in found:
        return (Victim.POWER,)
    if Victim.PROVIDER in found and Victim.SERVING in found:
        found.remove(Victim.SERVING)  # it goes with the provider
    return tuple(found)


@contextmanager
def _house(plan: Plan, folder: Path, chance: random.Random) -> Iterator[House]:
    (folder / "ledgers").mkdir()
    place = folder / "database"
    place.mkdir()
    disk = Disk.below(place, folder) if plan.has_power_cuts else None
    preloaded = {} if disk is None else disk.environment
    server = PostgresProcess(place, settings=DURABLE, environment=preloaded) if plan.on_postgresql else None
    try:
        url = f"sqlite:///{place}/idp.db"
        if server is not None:
            server.start()
            url = server.new_database()
        ephemeral = f"sqlite:///{folder}/ephemeral.db"
        with prepared(folder, url, ephemeral, threads=plan.threads) as found:
            house = House(plan, found, server, url, disk, chance)
            try:
                yield house
            finally:
                house.end()
    finally:
        if server is not None and server.process is not None:
            end(server.process, signal.SIGINT)


def _answers_requests(pid: int, whole: Sequence[int]) -> bool:
    """Of the supervisor's family, the processes that granian's own has started."""
    with suppress(OSError):
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        command = Path(f"/proc/{parent}/cmdline").read_bytes().replace(b"\0", b" ")
        return parent in whole and b"-m granian" in command
    return False
