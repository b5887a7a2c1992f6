"""What every import command shows: how far it is, and which lines were bad."""

import csv
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from idp.people.registry.bounded_csv import ImportReport

BAD_LINES_SHOWN = 20


def tell(result: ImportReport, report: Path | None) -> None:
    """Ends the command with status 1 when a line was bad. `report`: the file that lists bad lines as CSV."""
    if report is not None:
        with report.open("w", encoding="utf-8", newline="") as file:
            rows = ((bad.line, bad.reason.value, bad.detail or "") for bad in result.bad_lines)
            csv.writer(file).writerows([("line", "reason", "detail"), *rows])
    for bad in result.bad_lines[:BAD_LINES_SHOWN]:
        detail = f" ({bad.detail})" if bad.detail else ""
        click.echo(f"  line {bad.line}: {bad.reason.value}{detail}", err=True)
    if result.bad > BAD_LINES_SHOWN:
        hint = "" if report else "; --report FILE lists a thousand"
        click.echo(f"  and {result.bad - BAD_LINES_SHOWN} more{hint}", err=True)
    if result.bad:
        click.get_current_context().exit(1)


def progress_bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
