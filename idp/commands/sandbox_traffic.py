"""`idp sandbox traffic`: made-up events in a sandbox's log, attacks among them, so that the desk is alive."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from signal import SIGINT, SIGTERM, signal
from threading import Event
from typing import TextIO

import click
from sqlalchemy import select

from idp.audit.context import AuditContext
from idp.audit.events.sandbox import SandboxTrafficMade
from idp.commands.opening import opened
from idp.extensions import Services
from idp.people.models import Person, PersonStatus
from idp.sandbox.traffic import attacks, writing
from idp.sandbox.traffic.attacks.planting import Planted
from idp.sandbox.traffic.generation import Traffic
from idp.sandbox.traffic.living import Life
from idp.sandbox.traffic.rhythm import Span
from idp.sandbox.traffic.town import Town

MADE_UP = """\
The audit log of this sandbox holds made-up events from here on. They stay in it like all others, and no event
says of itself that it is made up. To be rid of them set up another sandbox: another data directory, database
and folder for the log's heads (audit.anchor_directory)."""
DAYS_AT_MOST = 170
"""Less than any retention: what is older than that would be dropped as soon as it is proved."""
ALL, NONE = "all", "none"
TICK_SECONDS = 0.2


class Kinds(click.ParamType[tuple[str, ...]]):
    """Names of attacks, by commas."""

    name = "kinds"

    def convert(
        self, value: str | tuple[str, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        if value == NONE:
            return ()
        named = tuple(attacks.ALL) if value == ALL else tuple(dict.fromkeys(value.split(",")))
        if unknown := [kind for kind in named if kind not in attacks.ALL]:
            self.fail(f"no such attack: {', '.join(unknown)}; there are {', '.join(attacks.ALL)}", param, ctx)
        return named


@click.command("traffic")
@click.option(
    "--days", type=click.IntRange(1, DAYS_AT_MOST), default=14, show_default=True, help="Of the past."
)
@click.option("--people", type=click.IntRange(10, 200_000), default=500, show_default=True)
@click.option("--seed", type=click.IntRange(0, 10**9), default=7, show_default=True)
@click.option(
    "--attacks", "kinds", type=Kinds(), default=ALL, show_default=True, help="By commas; all or none."
)
@click.option(
    "--labels", type=click.Path(dir_okay=False, path_type=Path), help="What was planted, as JSON lines."
)
@click.option("--live", is_flag=True, help="What happens now, until it is stopped, instead of the past.")
@click.option(
    "--per-second", type=click.FloatRange(0.1, 500), default=20, show_default=True, help="Live events."
)
@click.option(
    "--attack-every",
    type=click.IntRange(1),
    default=120,
    show_default=True,
    help="Seconds from one to the next.",
)
def traffic_command(
    days: int,
    people: int,
    seed: int,
    kinds: tuple[str, ...],
    labels: Path | None,
    live: bool,
    per_second: float,
    attack_every: int,
) -> None:
    """Fill the log of a sandbox with made-up traffic, honest and not."""
    with opened() as found:
        if not found.settings.sandbox:
            raise click.ClickException("this is not a sandbox")
        now = found.clock()
        town = Town(seed, people, _residents(found))
        begin = now if live else now - timedelta(days=days)
        told = SandboxTrafficMade(
            mode="live" if live else "history",
            people=people,
            seed=seed,
            attacks=len(kinds),
            begin=int(begin.timestamp()),
            end=None if live else int(now.timestamp()),
        )
        found.audit.append(told, AuditContext(at=now, actor="operator"))
        click.echo(MADE_UP)
        with _written(labels) as file:
            if live:
                life = Life(town, per_second, kinds, timedelta(seconds=attack_every), now)
                _live(found, life, file)
            else:
                _past(found, Traffic(town, Span(begin, now), kinds), file)


def _past(found: Services, traffic: Traffic, file: TextIO | None) -> None:
    planted = list(traffic.planted())
    rows = 0

    def told(count: int) -> None:
        nonlocal rows
        rows += count

    ids = writing.write(found.engine, traffic.parts(), told)
    if file is not None:
        file.writelines(f"{line}\n" for line in writing.labels(planted, ids))
    click.echo(f"{rows} events of {len(traffic.span.days)} days; {len(planted)} attacks among them")


def _live(found: Services, life: Life, file: TextIO | None) -> None:
    click.echo(f"{life.per_second:g} events a second; Ctrl-C ends it")
    planted: list[Planted] = []
    ids: dict[int, list[str]] = defaultdict(list)

    def told(one: Planted) -> None:
        planted.append(one)
        click.echo(f"{one.begin:%H:%M:%S} {one.kind}, {one.intensity}: until {one.end:%H:%M:%S} UTC")

    life.planted = told
    stopped = Event()
    for one in (SIGINT, SIGTERM):
        signal(one, lambda *_: stopped.set())
    while not stopped.wait(TICK_SECONDS):
        for number, written in writing.write(found.engine, [life.until(found.clock())]).items():
            ids[number] += written
    if file is not None:
        file.writelines(f"{line}\n" for line in writing.labels(planted, ids))
    click.echo("ended")


def _residents(found: Services) -> list[str]:
    """The people of this sandbox who can sign in."""
    known = (
        select(Person.id)
        .where(Person.status == PersonStatus.ACTIVE.value, Person.level >= 2)
        .order_by(Person.id)
    )
    with found.sessions() as session:
        return list(session.scalars(known))


@contextmanager
def _written(labels: Path | None) -> Iterator[TextIO | None]:
    if labels is None:
        yield None
        return
    with labels.open("w", encoding="utf-8") as file:
        yield file
