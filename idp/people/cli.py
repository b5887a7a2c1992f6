"""`idp people ...`: for operators and, until the service window has pages, for clerks.

A number is asked for and never taken from the command line, where shells and process lists keep it.
"""

import csv
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy.orm import Session, sessionmaker

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events import DocumentAdded, PeopleImported
from idp.audit.fields import is_code
from idp.crypto.fields import BlindIndex, CannotOpen, FieldCipher
from idp.people import directory, documents, reencrypt, statuses
from idp.people.activation_codes import ActivationCodes
from idp.people.models import Person
from idp.people.registry import import_file
from idp.people.registry.embedded import RegisterRecord, upsert
from idp.people.resident_number import InvalidNumber
from idp.people.settlement import EndSessions
from idp.people.statuses import StatusRefused

ACTOR = "operator"
NO_ACCOUNT = "nobody with this number has an account"
BAD_LINES_SHOWN = 20


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


Command = TypeVar("Command", bound=Callable[..., object])

OpenTools = Callable[[], PeopleTools]
"""Stands in `click.Context.obj`, so that `--help` opens no database."""


class StatusChange(Protocol):
    def __call__(self, session: Session, person: Person, *, context: AuditContext) -> bool:
        """False when nothing was to be changed. Raises StatusRefused."""


class CodeWord(click.ParamType[str]):
    """What the audit log takes: a word without spaces, no name and no number."""

    name = "word"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not is_code(value):
            self.fail("one word of letters, digits, - or _; the audit log takes no names", param, ctx)
        return value


def reason_option(default: str) -> Callable[[Command], Command]:
    return click.option(
        "--reason", type=CodeWord(), default=default, show_default=True, help="For the audit log."
    )


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

    with _progress() as bar:
        task = bar.add_task("Importing", total=None)

        def show(made: import_file.Progress) -> None:
            bar.update(task, completed=made.bytes_read, total=made.bytes_in_all)

        try:
            result = import_file.import_file(
                file, today=directory.day_in_china(now), sandbox=tools.sandbox, store=store, progress=show
            )
        except import_file.WrongHeader as problem:
            raise click.ClickException(str(problem)) from None
    with tools.sessions.begin() as session:
        audit.record(session, PeopleImported(result.stored, result.bad), context=_context(now))
    _tell(result, report)


def _tell(result: import_file.ImportReport, report: Path | None) -> None:
    click.echo(f"{result.lines} lines: {result.stored} imported, {result.bad} bad.")
    if result.unknown_regions:
        click.echo(f"  {result.unknown_regions} with an address code of no region that we know", err=True)
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


@people_commands.command("activation-code")
@click.option(
    "--clerk",
    type=CodeWord(),
    default=ACTOR,
    show_default=True,
    help="Account of who saw the person and card.",
)
def activation_code(clerk: str) -> None:
    """Make a single-use code for a person whom you have seen with their card. Asks for the number."""
    tools = opened_tools()
    now = tools.clock()
    number = _ask_number(now, sandbox=tools.sandbox).number.value
    with tools.sessions.begin() as session:
        person = directory.find_by_number(session, tools.index, number)
        code = tools.activation_codes.make(
            session,
            number,
            made_by=clerk,
            days=tools.activation_code_days,
            person_id=None if person is None else person.id,
            context=AuditContext(now, actor=clerk),
        )
    click.echo(code)
    click.echo(f"Good for {tools.activation_code_days} days, once, for this number.", err=True)


@people_commands.command("add-document")
def add_document() -> None:
    """Another identity document of a person who has an account: a corrected or reissued number, a new kind
    of card. Asks for the number that the account has, then for the new one."""
    tools = opened_tools()
    now = tools.clock()
    known = _ask_number(now, sandbox=tools.sandbox, prompt="ID number of the account").number.value
    added = _ask_number(now, sandbox=tools.sandbox, prompt="Added ID number")
    with tools.sessions.begin() as session:
        person = directory.find_by_number(session, tools.index, known)
        if person is None:
            raise click.ClickException(NO_ACCOUNT)
        if directory.find_by_number(session, tools.index, added.number.value) is not None:
            raise click.ClickException("the added number has an account already")
        directory.add_document(session, person, added, cipher=tools.cipher, index=tools.index, now=now)
        audit.record(session, DocumentAdded(person.id, added.type.value), context=_context(now))
    click.echo("Both numbers are the same person's now; the added one is in use.")


@people_commands.command("freeze")
@reason_option("asked")
def freeze(reason: str) -> None:
    """Freeze an account: nobody signs in, every session ends. Asks for the number."""
    _change(opened_tools(), partial(statuses.freeze, reason=reason))


@people_commands.command("unfreeze")
@reason_option("asked")
def unfreeze(reason: str) -> None:
    """Let the person of a frozen account sign in again. Asks for the number."""
    _change(opened_tools(), partial(statuses.unfreeze, reason=reason))


@people_commands.command("record-death")
@reason_option("reported")
def record_death(reason: str) -> None:
    """End the account of somebody who has died. Asks for the number."""
    _change(opened_tools(), partial(statuses.record_death, reason=reason))


@people_commands.command("close")
@reason_option("asked")
@click.confirmation_option(prompt="Credentials, phone and name are erased. Close the account?")
def close(reason: str) -> None:
    """Close an account at its person's wish. Who enrols again is known again. Asks for the number."""
    tools = opened_tools()
    _change(tools, partial(statuses.close, reason=reason, cipher=tools.cipher))


@people_commands.command("reencrypt")
@click.option("--from", "start", metavar="POSITION", help="Go on from where an earlier run was stopped.")
def reencrypt_people(start: str | None) -> None:
    """Bring sealed columns and blind indexes to the master keys in use. Safe beside a running provider."""
    tools = opened_tools()
    try:
        position = None if start is None else reencrypt.Position.parse(start)
    except ValueError as problem:
        raise click.BadParameter(str(problem), param_hint="--from") from None
    with tools.sessions() as session:
        total = reencrypt.count(session)
    rows = changed = 0
    try:
        with _progress() as bar:
            task = bar.add_task("Re-encrypting", total=total)
            walk = reencrypt.walk(
                tools.sessions, tools.cipher, tools.index, tools.clock, actor=ACTOR, start=position
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


def _change(tools: PeopleTools, change: StatusChange) -> None:
    now = tools.clock()
    number = _ask_number(now, sandbox=tools.sandbox).number.value
    with tools.sessions.begin() as session:
        person = directory.find_by_number(session, tools.index, number)
        if person is None:
            raise click.ClickException(NO_ACCOUNT)
        try:
            changed = change(session, person, context=_context(now))
        except StatusRefused as problem:
            raise click.ClickException(str(problem)) from None
        if changed:
            tools.end_sessions(session, person.id, now)
        status = person.status
    click.echo(f"The account is {status}." if changed else f"The account was {status} already.")


def _ask_number(now: datetime, *, sandbox: bool, prompt: str = "ID number") -> documents.IdentityDocument:
    # Hidden on a screen; from a pipe there is nothing to hide.
    typed = click.prompt(prompt, hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.readline()
    try:
        document = documents.identify(typed, directory.day_in_china(now))
    except InvalidNumber as problem:
        raise click.ClickException(f"not an ID number: {problem.reason.value}") from None
    if document.number.is_sandbox and not sandbox:
        raise click.ClickException("a sandbox number, and this is not the sandbox")
    return document


def _context(now: datetime) -> AuditContext:
    return AuditContext(now, actor=ACTOR)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
