"""`idp business ...`: what the register says, and which organisations are known here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session, sessionmaker

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.business import OrganisationsImported
from idp.business import credit_code, names
from idp.business.credit_code import CreditCode, InvalidCode, Reason
from idp.business.enrolment import NotRegistered, enrol
from idp.business.organisations import Organisations, find_by_code
from idp.business.registry import (
    BusinessRegister,
    LegalRepresentative,
    RegisteredOrganisation,
    RegisterUnavailable,
)
from idp.business.registry.embedded import upsert
from idp.business.registry.import_file import import_file
from idp.business.sandbox.population import population
from idp.people import directory
from idp.people import names as people_names
from idp.people.account_cli import ask_number
from idp.people.registry.bounded_csv import Progress, WrongHeader
from idp.people.registry.import_cli import progress_bar, tell

ACTOR = "operator"
NOT_REGISTERED = "the register knows no organisation by this code"
# What to type instead; never what was typed.
WORDS = {
    Reason.EMPTY: "nothing was given",
    Reason.LENGTH: "a unified social credit code has 18 characters",
    Reason.CHARACTERS: "a code has digits and capital letters, but not I, O, S, V or Z",
    Reason.REGION: "places 3 to 8 of a code are digits",
    Reason.CHECK_CHARACTER: "the check character does not fit: one of the 18 is wrong",
    Reason.FORMER_REGISTRATION_NUMBER: (
        "this is a registration number of before October 2015; the code stands on the new licence"
    ),
    Reason.FORMER_ORGANISATION_CODE: (
        "this is an organisation code of before October 2015; the code of 18 characters holds it"
        " in places 9 to 17"
    ),
    Reason.RESIDENT_NUMBER: "this is a person's number, not an organisation's",
}


@dataclass(frozen=True)
class BusinessTools:
    """What the commands work with; the wiring above this room knows how to make it."""

    clock: Callable[[], datetime]
    sessions: sessionmaker[Session]
    register: BusinessRegister
    organisations: Organisations
    sandbox: bool


OpenTools = Callable[[], BusinessTools]
"""Stands in `click.Context.obj`, so that `--help` opens no database."""


@click.group("business")
def business_commands() -> None:
    """Organisations and the business register."""


def _opened_tools() -> BusinessTools:
    open_tools: OpenTools = click.get_current_context().obj
    return open_tools()


@business_commands.command()
@click.argument("code")
def show(code: str) -> None:
    """Ask the register about an organisation, and say whether it is known here. Names are masked."""
    tools = _opened_tools()
    asked = read_code(code, sandbox=tools.sandbox)
    try:
        registered = tools.register.look_up(asked.value)
    except RegisterUnavailable as problem:
        raise click.ClickException(f"the register cannot be asked now: {problem}") from None
    click.echo(f"code                  {asked.masked}")
    for advice in _advice(asked):
        click.echo(f"advice                {advice}")
    if registered is None:
        click.echo(f"register              {NOT_REGISTERED}")
    else:
        _tell_registered(registered)
    with tools.sessions() as session:
        known = find_by_code(session, asked.value)
    if known is None:
        click.echo("known here            no")
        return
    click.echo(f"known here            {known.status}, asked last on {known.checked_at:%Y-%m-%d %H:%M} UTC")


@business_commands.command("enrol")
@click.argument("code")
def enrol_organisation(code: str) -> None:
    """Make an organisation known here, as the register has it; the worker then watches it for changes."""
    tools = _opened_tools()
    asked = read_code(code, sandbox=tools.sandbox)
    try:
        kept = enrol(
            tools.sessions, tools.register, tools.organisations, asked, clock=tools.clock, actor=ACTOR
        )
    except NotRegistered:
        raise click.ClickException(NOT_REGISTERED) from None
    except RegisterUnavailable as problem:
        raise click.ClickException(f"the register cannot be asked now: {problem}") from None
    done = "is known from now on" if kept.is_new else "was known already"
    click.echo(f"{asked.masked} {done}: {kept.organisation.type}, {kept.organisation.status}.")
    for change in kept.changes:
        click.echo(f"  the register has changed: {change.value.replace('_', ' ')}")


@business_commands.command()
def represented() -> None:
    """The known organisations whose legal representative has a number. Asks for the number."""
    tools = _opened_tools()
    number = ask_number(tools.clock(), sandbox=tools.sandbox).number.value
    with tools.sessions() as session:
        found = tools.organisations.represented_by(session, number)
        for organisation in found:
            name = names.masked(tools.organisations.name_of(organisation))
            click.echo(f"{credit_code.masked(organisation.code)}  {organisation.status:<10} {name}")
    click.echo(f"{len(found)} of the known organisations.")


@business_commands.command("sandbox")
def sandbox_organisations() -> None:
    """The organisations of the sandbox, all synthetic, with their codes."""
    tools = _opened_tools()
    if not tools.sandbox:
        raise click.ClickException("this is not a sandbox")
    for one in population(directory.day_in_china(tools.clock())):
        click.echo(f"{one.code.value}  {one.registered.name}: {one.good_for}")


@business_commands.group("register")
def register_commands() -> None:
    """The embedded business register."""


@register_commands.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the bad lines as CSV.")
def import_organisations(file: Path, report: Path | None) -> None:
    """Import organisations into the embedded register: a CSV file with the columns code, name, status, and
    maybe type, representative_name and representative_number. Importing again updates; bad lines are skipped
    and reported."""
    tools = _opened_tools()
    now = tools.clock()

    def store(records: Sequence[RegisteredOrganisation]) -> None:
        with tools.sessions.begin() as session:
            for record in records:
                upsert(session, record, cipher=tools.organisations.cipher, now=now)

    with progress_bar() as bar:
        task = bar.add_task("Importing", total=None)

        def show_progress(made: Progress) -> None:
            bar.update(task, completed=made.bytes_read, total=made.bytes_in_all)

        try:
            result = import_file(
                file,
                today=directory.day_in_china(now),
                sandbox=tools.sandbox,
                store=store,
                progress=show_progress,
            )
        except WrongHeader as problem:
            raise click.ClickException(str(problem)) from None
    lines = result.lines
    with tools.sessions.begin() as session:
        event = OrganisationsImported(lines.stored, lines.bad)
        audit.record(session, event, context=AuditContext(now, actor=ACTOR))
    click.echo(f"{lines.lines} lines: {lines.stored} imported, {lines.bad} bad.")
    if result.unusual:
        click.echo(f"  {result.unusual} with a code that is unusual: see `idp business show`", err=True)
    tell(lines, report)


def read_code(text: str, *, sandbox: bool) -> CreditCode:
    """Ends the command for what is none, and for a sandbox's outside of it."""
    try:
        code = credit_code.parse(text)
    except InvalidCode as error:
        hint = f"; was {error.suggestion} meant?" if error.suggestion else ""
        raise click.ClickException(f"not a code: {WORDS[error.reason]}{hint}") from None
    if code.is_sandbox and not sandbox:
        raise click.ClickException("not a code: it is one of the sandbox's")
    return code


def _advice(code: CreditCode) -> list[str]:
    found = {
        "places 9 to 17 fail their own check (GB 11714); some real codes do": code.organisation_code_checks,
        "of an authority or a class that we do not know": code.type is not None,
        "of a region that we do not know": code.region_is_known or code.is_sandbox,
    }
    return [words for words, is_usual in found.items() if not is_usual]


def _tell_registered(registered: RegisteredOrganisation) -> None:
    click.echo(f"name                  {names.masked(registered.name)}")
    click.echo(f"type                  {registered.type.value}")
    click.echo(f"status                {registered.status.value}")
    click.echo(f"legal representative  {_masked(registered.representative)}")


def _masked(person: LegalRepresentative | None) -> str:
    if person is None:
        return "nobody"
    number = person.number
    shown = "no number" if number is None else number[0] + "*" * (len(number) - 2) + number[-1]
    return f"{people_names.masked(person.name)}, {shown}"
