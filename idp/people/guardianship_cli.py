"""`idp people import-guardianships`: who cares for whom, into the embedded register."""

from collections.abc import Sequence
from pathlib import Path

import click

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.care import GuardianshipsImported
from idp.people import directory
from idp.people.cli import ACTOR, opened_tools
from idp.people.registry import guardianship_file, guardianships
from idp.people.registry.bounded_csv import Progress, WrongHeader
from idp.people.registry.embedded import find_entry
from idp.people.registry.guardianship_file import Guardianship
from idp.people.registry.import_cli import progress_bar, tell


@click.group()
def guardianship_commands() -> None:
    """Joined to `idp people`."""


@guardianship_commands.command("import-guardianships")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the bad lines as CSV.")
def import_guardianships(file: Path, report: Path | None) -> None:
    """Import who cares for whom into the embedded register: a CSV file with the columns guardian, ward and
    relation (parent, guardian, carer, none). Import the people first; bad lines are skipped and reported."""
    tools = opened_tools()
    now = tools.clock()

    def entry_of(number: str) -> str | None:
        with tools.sessions() as session:
            entry = find_entry(session, tools.index, number)
            return None if entry is None else entry.id

    def store(records: Sequence[Guardianship]) -> None:
        with tools.sessions.begin() as session:
            for one in records:
                guardianships.keep(session, one.guardian_id, one.ward_id, one.relation, now=now)

    with progress_bar() as bar:
        task = bar.add_task("Importing", total=None)

        def show(made: Progress) -> None:
            bar.update(task, completed=made.bytes_read, total=made.bytes_in_all)

        try:
            result = guardianship_file.import_file(
                file, today=directory.day_in_china(now), entry_of=entry_of, store=store, progress=show
            )
        except WrongHeader as problem:
            raise click.ClickException(str(problem)) from None
    with tools.sessions.begin() as session:
        event = GuardianshipsImported(result.stored, result.bad)
        audit.record(session, event, context=AuditContext(now, actor=ACTOR))
    click.echo(f"{result.lines} lines: {result.stored} imported, {result.bad} bad.")
    tell(result, report)
