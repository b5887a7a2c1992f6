"""`idp audit catalogue` and `idp audit export`: what events there are, and taking them out."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TextIO

import click

from idp.audit import AuditContext, Event
from idp.audit.catalogue import document
from idp.audit.events import CATALOGUE
from idp.audit.events.reading import AuditExported, AuditExportStarted
from idp.audit.export import FORMATS
from idp.audit.paging import Span, in_order
from idp.audit.recorded import Recorded
from idp.commands.opening import opened
from idp.crypto.digests import new_secret
from idp.extensions import Services
from idp.settings import ROOT

ACTOR = "operator"


class Moment(click.ParamType[datetime]):
    """A date or a time (ISO 8601); without a zone it is UTC."""

    name = "time"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"neither a date nor a time: {value}", param, ctx)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


from_option = click.option("--from", "begin", type=Moment(), help="From this date or time on (UTC).")
to_option = click.option("--to", "end", type=Moment(), help="Up to this date or time, without it.")


@click.command("catalogue")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=ROOT / "docs" / "audit-events.md",
    help="Default: docs/audit-events.md.",
)
def catalogue_command(output: Path) -> None:
    """Write what every event means, made of the declarations."""
    output.write_text(document(), "utf-8")
    click.echo(f"{len(CATALOGUE)} events: {output}")


@click.command("export")
@from_option
@to_option
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="jsonl", show_default=True)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="A new file; default: standard output."
)
def export_command(begin: datetime | None, end: datetime | None, format_: str, output: Path | None) -> None:
    """Take a range of the log out, in the order of commits. Two events tell of it."""
    with opened() as found, _opened(output) as file:
        rows = take_out(found, Span(begin, end), format_, file)
    click.echo(f"{rows} events", err=True)


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    """For its owner alone: it says who did what, and from where. Formats end their lines themselves."""
    if output is None:
        yield sys.stdout
        return
    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as problem:
        raise click.ClickException(f"{output}: {problem.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        yield file


class Output(Protocol):
    def write(self, line: str, /) -> object: ...
    def flush(self) -> object: ...


def take_out(found: Services, span: Span, format_: str, output: Output) -> int:
    """How many rows left. Holds a page of them at a time."""
    export_id = new_secret(16)
    bounds = seconds(span.begin), seconds(span.end)
    record(found, AuditExportStarted(export_id, format_, *bounds))
    taken = Counted(in_order(found.engine, span))
    outcome = "broken_off"
    try:
        for line in FORMATS[format_](taken):
            output.write(line)
        output.flush()
        outcome = "complete"
    finally:
        record(found, AuditExported(export_id, format_, taken.rows, outcome, *bounds))
    return taken.rows


class Counted:
    """Passes events on, and knows how many there were."""

    def __init__(self, events: Iterable[Recorded]) -> None:
        self._events = events
        self.rows = 0

    def __iter__(self) -> Iterator[Recorded]:
        for event in self._events:
            self.rows += 1
            yield event


def record(found: Services, event: Event) -> None:
    found.audit.append(event, AuditContext(found.clock(), actor=ACTOR))


def seconds(moment: datetime | None) -> int | None:
    """Unix time, as an event has it."""
    return None if moment is None else int(moment.timestamp())
