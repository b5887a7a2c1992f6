"""What a clerk decides about one account, as commands of `idp people`; each is an event.

A number is asked for and never taken from the command line, where shells and process lists keep it.
"""

import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

import click
from sqlalchemy.orm import Session

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.people import DocumentAdded
from idp.people import directory, documents, statuses
from idp.people.cli import ACTOR, CodeWord, PeopleTools, opened_tools
from idp.people.models import Person
from idp.people.resident_number import InvalidNumber
from idp.people.statuses import StatusRefused

NO_ACCOUNT = "nobody with this number has an account"
Command = TypeVar("Command", bound=Callable[..., object])


class StatusChange(Protocol):
    def __call__(self, session: Session, person: Person, *, context: AuditContext) -> bool:
        """False when nothing was to be changed. Raises StatusRefused."""


def reason_option(default: str) -> Callable[[Command], Command]:
    return click.option(
        "--reason", type=CodeWord(), default=default, show_default=True, help="For the audit log."
    )


@click.group()
def account_commands() -> None:
    """Joined to `idp people`."""


@account_commands.command("activation-code")
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
    number = ask_number(now, sandbox=tools.sandbox).number.value
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


@account_commands.command("add-document")
def add_document() -> None:
    """Another identity document of a person who has an account: a corrected or reissued number, a new kind
    of card. Asks for the number that the account has, then for the new one."""
    tools = opened_tools()
    now = tools.clock()
    known = ask_number(now, sandbox=tools.sandbox, prompt="ID number of the account").number.value
    added = ask_number(now, sandbox=tools.sandbox, prompt="Added ID number")
    with tools.sessions.begin() as session:
        person = directory.find_by_number(session, tools.index, known)
        if person is None:
            raise click.ClickException(NO_ACCOUNT)
        if directory.find_by_number(session, tools.index, added.number.value) is not None:
            raise click.ClickException("the added number has an account already")
        directory.add_document(session, person, added, cipher=tools.cipher, index=tools.index, now=now)
        audit.record(session, DocumentAdded(person.id, added.type.value), context=_context(now))
    click.echo("Both numbers are the same person's now; the added one is in use.")


@account_commands.command("freeze")
@reason_option("asked")
def freeze(reason: str) -> None:
    """Freeze an account: nobody signs in, every session ends. Asks for the number."""
    _change(opened_tools(), partial(statuses.freeze, reason=reason))


@account_commands.command("unfreeze")
@reason_option("asked")
def unfreeze(reason: str) -> None:
    """Let the person of a frozen account sign in again. Asks for the number."""
    _change(opened_tools(), partial(statuses.unfreeze, reason=reason))


@account_commands.command("record-death")
@reason_option("reported")
def record_death(reason: str) -> None:
    """End the account of somebody who has died. Asks for the number."""
    _change(opened_tools(), partial(statuses.record_death, reason=reason))


@account_commands.command("close")
@reason_option("asked")
@click.confirmation_option(prompt="Credentials, phone and name are erased. Close the account?")
def close(reason: str) -> None:
    """Close an account at its person's wish. Who enrols again is known again. Asks for the number."""
    tools = opened_tools()
    _change(tools, partial(statuses.close, reason=reason, cipher=tools.cipher))


def _change(tools: PeopleTools, change: StatusChange) -> None:
    now = tools.clock()
    number = ask_number(now, sandbox=tools.sandbox).number.value
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


def ask_number(now: datetime, *, sandbox: bool, prompt: str = "ID number") -> documents.IdentityDocument:
    """Ends the command for what is no number, and for a sandbox's outside of it."""
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
