"""Runs every case at every target, in turns, and notes what each run took."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.protocol import null, ours, peer, stores
from bench.protocol.floor import Floor
from bench.protocol.load import drive
from bench.protocol.meters import LOAD_CORE, SERVER_CORE, Busy, Cpu, Instructions, family, pin
from bench.protocol.wire import BASIC, CASES, REDIRECT_URI, VERIFIER, Case, Side
from idp.oidc.token import codes
from idp.oidc.token.codes import Presented

FIRST = 200
"""Requests that tell the pace. The round that follows counts instructions; caches fill, V8 compiles."""
AT_LEAST = 100
NULL, PEER = "null", "peer"
OURS_SQL, FLOOR_SQL = "ours on SQLite", "floor on SQLite"
OURS_REDIS, FLOOR_REDIS = "ours on PostgreSQL + Redis", "floor on PostgreSQL + Redis"
TARGETS = (NULL, OURS_SQL, FLOOR_SQL, OURS_REDIS, FLOOR_REDIS, PEER)


@dataclass(frozen=True, slots=True)
class Plan:
    cases: tuple[Case, ...]
    targets: tuple[str, ...]
    rounds: int
    seconds: float
    connections: int
    threads: int
    redis_fsync: str
    node: str | None
    in_detail: bool = False
    counts_instructions: bool = True
    most: int = 20_000
    """Requests of a run."""


@dataclass(frozen=True, slots=True)
class Run:
    """One case at one target, once. Times are of one request, in microseconds."""

    case: str
    target: str
    round: int
    """0: the one that only counts instructions."""
    requests: int
    cpu: float
    """Of the server's processes."""
    kilo_instructions: float | None
    """Thousands, in user space; None where nobody could count them."""
    stores_cpu: float
    load_cpu: float
    per_second: float
    share: float
    """Of its core's time, what the server had: where it is far from 1, something else was the limit."""
    others: float
    """Of the server's core's time, what had nothing to do with it: a busy machine."""
    median_ms: float
    ninth_ms: float


@dataclass(frozen=True, slots=True)
class Took:
    """`cpu` and its like: seconds."""

    seconds: float
    cpu: float
    """Of the server."""
    instructions: int | None = None
    stores_cpu: float = 0.0
    load_cpu: float = 0.0
    milliseconds: tuple[float, ...] = ()
    """Sorted."""
    busy: float = 0.0
    """Of the server's core, for whomever."""


Doing = Callable[[Case, int, bool], Took]
"""So many requests of a case; whether to count instructions, which makes every switch of threads dearer."""


@dataclass
class Target:
    name: str
    cases: frozenset[str]
    run: Doing
    pace: dict[str, float] = field(default_factory=dict)
    """Case -> requests in a second, as last seen."""


def measured(plan: Plan, folder: Path, *, say: Callable[[str], None]) -> list[Run]:
    pin(LOAD_CORE)
    runs: list[Run] = []
    with ExitStack() as stack:
        targets = list(_targets(plan, folder, stack))
        for case in plan.cases:
            taking_part = [target for target in targets if case.name in target.cases]
            for target in taking_part:
                _once(target, case, min(FIRST, plan.most), 0)
            for number in range(plan.rounds + 1):
                # Each is the first at times: who comes first meets a cooler machine.
                turn = number % len(taking_part)
                for target in (*taking_part[turn:], *taking_part[:turn]):
                    count = int(target.pace[case.name] * plan.seconds)
                    count, counts = min(plan.most, max(AT_LEAST, count)), plan.counts_instructions
                    runs.append(_once(target, case, count, number, counts=counts and number == 0))
            say(f"{case.name}: " + ", ".join(_short(runs, case, target) for target in taking_part))
    return runs


def _short(runs: list[Run], case: Case, target: Target) -> str:
    found = sorted(
        run.cpu for run in runs if (run.case, run.target) == (case.name, target.name) and run.round
    )
    return f"{target.name} {found[len(found) // 2]:.0f} us"


def _once(target: Target, case: Case, count: int, number: int, *, counts: bool = False) -> Run:
    took = target.run(case, count, counts)
    target.pace[case.name] = count / took.seconds
    each, times = 1e6 / count, took.milliseconds
    return Run(
        case=case.name,
        target=target.name,
        round=number,
        requests=count,
        cpu=took.cpu * each,
        kilo_instructions=None if took.instructions is None else took.instructions / count / 1000,
        stores_cpu=took.stores_cpu * each,
        load_cpu=took.load_cpu * each,
        per_second=count / took.seconds,
        share=took.cpu / took.seconds,
        others=max(0.0, took.busy - took.cpu) / took.seconds,
        median_ms=times[len(times) // 2] if times else 0.0,
        ninth_ms=times[len(times) * 9 // 10] if times else 0.0,
    )


def _targets(plan: Plan, folder: Path, stack: ExitStack) -> Iterator[Target]:
    """The servers that the plan needs, each started once for all cases."""
    wanted = set(plan.targets)
    every = frozenset(case.name for case in CASES)
    if NULL in wanted:
        address, pid = stack.enter_context(null.running())
        yield Target(NULL, every, _at_null(plan, address, pid))
    if wanted & {OURS_SQL, FLOOR_SQL}:
        place = _folder(folder, "sqlite")
        url = f"sqlite:///{place}/ephemeral.db"
        server = stack.enter_context(
            ours.running(place, f"sqlite:///{place}/idp.db", url, threads=plan.threads)
        )
        yield from _both(plan, server, url, (OURS_SQL, FLOOR_SQL), ())
    if wanted & {OURS_REDIS, FLOOR_REDIS, PEER}:
        started = stack.enter_context(stores.running(redis_fsync=plan.redis_fsync))
        if wanted & {OURS_REDIS, FLOOR_REDIS}:
            url = f"{started.redis.url}/0"
            server = stack.enter_context(
                ours.running(
                    _folder(folder, "ours"), started.postgres.new_database(), url, threads=plan.threads
                )
            )
            yield from _both(plan, server, url, (OURS_REDIS, FLOOR_REDIS), started.pids)
        if PEER in wanted and plan.node is not None:
            other = stack.enter_context(
                peer.running(_folder(folder, "peer"), started.redis.port, node=plan.node)
            )
            yield Target(PEER, every, _over_http(plan, other.side, other.pids, started.pids))


def _folder(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir(mode=0o755)
    return made


def _both(
    plan: Plan, server: ours.Ours, url: str, names: tuple[str, str], store_pids: tuple[int, ...]
) -> Iterator[Target]:
    """Our server, and the floor over the same stores."""
    as_served, alone = names
    if as_served in plan.targets:
        cases = frozenset(case.name for case in CASES)
        yield Target(as_served, cases, _over_http(plan, server.side, server.pids, store_pids))
    if alone in plan.targets:
        (code,) = server.side.codes(BASIC, 1)
        presented = Presented(BASIC, REDIRECT_URI, VERIFIER)
        authorization, _ = codes.redeem(
            server.provider.store, server.provider.grant_key, code, presented, server.provider.clock()
        )
        floor = Floor(server.provider, url, authorization)

        def run(case: Case, count: int, _counts: bool) -> Took:
            pids = _families(store_pids)
            stores_cpu = Cpu(pids)
            found = floor.measure(case.name, count, threads=plan.threads)
            return Took(found.seconds, found.cpu_seconds, None, stores_cpu.seconds())

        yield Target(alone, frozenset(floor.deeds), run)


def _over_http(plan: Plan, side: Side, pids: tuple[int, ...], store_pids: tuple[int, ...]) -> Doing:
    def run(case: Case, count: int, counts: bool) -> Took:
        requests = case.build(side, count)
        stores_pids = _families(store_pids)  # PostgreSQL has a process for each connection
        with Instructions(pids if counts else ()) as instructions:
            core = Busy(SERVER_CORE)
            busy, server, behind = core.seconds(), Cpu(pids), Cpu(stores_pids)
            found = drive(side.address, requests, connections=plan.connections, status=case.status)
            cpu, stores_cpu = server.seconds(), behind.seconds()
            busy = core.seconds() - busy
        return Took(
            found.seconds, cpu, instructions.count, stores_cpu, found.cpu_seconds, found.milliseconds, busy
        )

    return run


def _at_null(plan: Plan, address: tuple[str, int], pid: int) -> Doing:
    def run(_case: Case, count: int, _counts: bool) -> Took:
        server = Cpu((pid,))
        found = drive(address, [null.REQUEST] * count, connections=plan.connections)
        cpu = server.seconds()
        return Took(found.seconds, cpu, load_cpu=found.cpu_seconds, milliseconds=found.milliseconds)

    return run


def _families(pids: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(found for pid in pids for found in family(pid))
