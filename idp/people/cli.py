"""`idp people ...`: for operators and, until the service window has pages, for clerks.

Here what concerns them all; what concerns one account, and faces, is in files beside this one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session, sessionmaker

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.people import PeopleImported
from idp.audit.fields import is_code
from idp.crypto.fields import BlindIndex, CannotOpen, FieldCipher
from idp.people import directory, reencrypt
from idp.people.activation_codes import ActivationCodes
from idp.people.reencrypt import TABLES, SealedTable
from idp.people.registry import import_file
from idp.people.registry.bounded_csv import Progress, WrongHeader
from idp.people.registry.embedded import RegisterRecord, upsert
from idp.people.registry.import_cli import progress_bar, tell
from idp.people.settlement import EndSessions

ACTOR = "operator"


@dataclass(frozen=True)
class PeopleTools:
    """What the commands work with; the wiring above this room knows how to make it."""

    clock: Callable[[], datetime]
    sessions: sessionmaker[Session]
    cipher: FieldCipher
    index: BlindIndex
    activation_codes: ActivationCodes
    activation_code_days: int
    end_sessions: EndSessions
    match_model: Callable[[], str]
    """SHA-256 of the network that embeds faces now; opens the face check's networks."""
    sandbox: bool
    sealed_tables: tuple[SealedTable, ...] = TABLES
    """Everything that re-encryption goes over."""


OpenTools = Callable[[], PeopleTools]
"""Stands in `click.Context.obj`, so that `--help` opens no database."""


class CodeWord(click.ParamType[str]):
    """What the audit log takes: a word without spaces, no name and no number."""

    name = "word"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not is_code(value):
            self.fail("one word of letters, digits, - or _; the audit log takes no names", param, ctx)
        return value


@click.group("people")
def people_commands() -> None:
    """The register's people and the accounts of people."""


def opened_tools() -> PeopleTools:
    open_tools: OpenTools = click.get_current_context().obj
    return open_tools()


@people_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the bad lines as CSV.")
def import_people(file: Path, report: Path | None) -> None:
    """Import people into the embedded register: a CSV file with the columns number, name, and maybe
    phone, deceased and photo. Importing again updates; bad lines are skipped and reported."""
    tools = opened_tools()
    now = tools.clock()

    def store(records: Sequence[RegisterRecord]) -> None:
        with tools.sessions.begin() as session:
            for record in records:
                upsert(session, record, cipher=tools.cipher, index=tools.index, now=now)

    with progress_bar() as bar:
        task = bar.add_task("Importing", total=None)

        def show(made: Progress) -> None:
            bar.update(task, completed=made.bytes_read, total=made.bytes_in_all)

        try:
            result = import_file.import_file(
                file, today=directory.day_in_china(now), sandbox=tools.sandbox, store=store, progress=show
            )
        except WrongHeader as problem:
            raise click.ClickException(str(problem)) from None
    with tools.sessions.begin() as session:
        audit.record(
            session,
            PeopleImported(result.lines.stored, result.lines.bad),
            context=AuditContext(now, actor=ACTOR),
        )
    lines = result.lines
    click.echo(f"{lines.lines} lines: {lines.stored} imported, {lines.bad} bad.")
    if result.unknown_regions:
        click.echo(f"  {result.unknown_regions} with an address code of no region that we know", err=True)
    tell(lines, report)


@people_commands.command("reencrypt")
@click.option("--from", "start", metavar="POSITION", help="Go on from where an earlier run was stopped.")
def reencrypt_people(start: str | None) -> None:
    """Bring sealed columns and blind indexes to the master keys in use. Safe beside a running provider."""
    tools = opened_tools()
    try:
        position = None if start is None else reencrypt.Position.parse(start, tools.sealed_tables)
    except ValueError as problem:
        raise click.BadParameter(str(problem), param_hint="--from") from None
    with tools.sessions() as session:
        total = reencrypt.count(session, tools.sealed_tables)
    rows = changed = 0
    try:
        with progress_bar() as bar:
            task = bar.add_task("Re-encrypting", total=total)
            walk = reencrypt.walk(
                tools.sessions,
                tools.cipher,
                tools.index,
                tools.clock,
                actor=ACTOR,
                start=position,
                tables=tools.sealed_tables,
            )
            for batch in walk:
                rows, changed, position = rows + batch.rows, changed + batch.changed, batch.position
                bar.advance(task, batch.rows)
    except KeyboardInterrupt:
        where = f" Go on with --from {position}" if position else ""
        raise click.ClickException(f"stopped after {rows} rows.{where}") from None
    except CannotOpen as problem:
        raise click.ClickException(f"{problem}; the key has to stay in the ring until this is done") from None
    click.echo(f"{rows} rows looked at, {changed} changed.")
