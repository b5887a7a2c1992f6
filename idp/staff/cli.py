"""`idp staff ...`: accounts of staff, made and changed by the operator; each change is an event.

Numbers of cards are asked for and never taken from the command line, where shells and process lists keep
them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import click
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.people.account_cli import ask_number
from idp.settings import Staff
from idp.staff import accounts, changes
from idp.staff.accounts import Place, StaffAccounts, StaffKnown, StaffNumberWrong
from idp.staff.changes import Change
from idp.staff.models import StaffAccount
from idp.staff.roles import StaffRole

ACTOR = "operator"
SECOND = (
    "This takes an auditor away, so it waits for a second officer: somebody with the role security or "
    "auditor signs in at {address} and agrees within {days} days."
)
role_choice = click.Choice([role.value for role in StaffRole])


@dataclass(frozen=True)
class StaffTools:
    """What the commands work with; the wiring above this room knows how to make it."""

    clock: Callable[[], datetime]
    sessions: sessionmaker[Session]
    accounts: StaffAccounts
    settings: Staff
    address: str
    """Of the pages of staff."""
    sandbox: bool


OpenTools = Callable[[], StaffTools]
"""Stands in `click.Context.obj`, so that `--help` opens no database."""


@click.group("staff")
def staff_commands() -> None:
    """Accounts of staff: clerks, security officers, auditors, operators."""


def _opened_tools() -> StaffTools:
    open_tools: OpenTools = click.get_current_context().obj
    return open_tools()


@staff_commands.command("add")
@click.argument("staff_number")
@click.option("--role", "roles", type=role_choice, multiple=True, required=True, help="Several are possible.")
@click.option("--office", default="", help="As people know it; shown to who is helped.")
@click.option("--window", default="", help="Of the office, such as 3.")
def add(staff_number: str, roles: tuple[str, ...], office: str, window: str) -> None:
    """Make an account. Asks for the ID number of who gets it: nobody has two, or helps themself."""
    tools = _opened_tools()
    now = tools.clock()
    place = _place(office, window)
    own = ask_number(now, sandbox=tools.sandbox, prompt="Their own ID number").number.value
    try:
        with tools.sessions.begin() as session:
            account, code = tools.accounts.add(
                session, staff_number, roles, own, place, context=_context(now)
            )
    except StaffKnown:
        raise click.ClickException("this staff number, or this person, has an account already") from None
    except StaffNumberWrong:
        words = "a staff number has at most 32 letters, digits, dots or hyphens"
        raise click.ClickException(words) from None
    _tell_code(tools, account.staff_number, code)


@staff_commands.command("list")
def list_staff() -> None:
    """Everybody: number, status, roles, office and window."""
    tools = _opened_tools()
    with tools.sessions() as session:
        for one in accounts.everybody(session):
            place = " ".join(part for part in (one.office, one.window) if part)
            click.echo("\t".join((one.staff_number, one.status, ",".join(one.roles), place)))
        for change, account in changes.waiting(session, tools.clock()):
            click.echo(f"waits for a second officer: {change.kind} {account.staff_number}", err=True)


@staff_commands.command("role")
@click.argument("staff_number")
@click.option("--add", "added", type=role_choice, multiple=True)
@click.option("--remove", "removed", type=role_choice, multiple=True)
def role(staff_number: str, added: tuple[str, ...], removed: tuple[str, ...]) -> None:
    """Give and take roles. An auditor's role is taken by two alone."""

    def wanted(account: StaffAccount) -> tuple[str, ...]:
        return tuple((set(account.roles) | set(added)) - set(removed))

    _change(staff_number, Change.ROLES, wanted)


@staff_commands.command("disable")
@click.argument("staff_number")
def disable(staff_number: str) -> None:
    """Nobody signs in with this account any more; its sessions end. An auditor's is disabled by two alone."""
    _change(staff_number, Change.DISABLE)


@staff_commands.command("reset")
@click.argument("staff_number")
def reset(staff_number: str) -> None:
    """Who lost what they sign in with, or comes back: a new activation code. Of an auditor by two alone."""
    _change(staff_number, Change.RESET)


@staff_commands.command("place")
@click.argument("staff_number")
@click.option("--office", default="", help="As people know it; shown to who is helped.")
@click.option("--window", default="", help="Of the office, such as 3.")
def place(staff_number: str, office: str, window: str) -> None:
    """Another office or window."""
    tools = _opened_tools()
    now, wanted = tools.clock(), _place(office, window)
    with tools.sessions.begin() as session:
        accounts.set_place(session, _found(session, staff_number), wanted, context=_context(now))
    click.echo("Done.")


def _change(
    staff_number: str, kind: Change, roles_of: Callable[[StaffAccount], tuple[str, ...]] = lambda _: ()
) -> None:
    tools = _opened_tools()
    now = tools.clock()
    with tools.sessions.begin() as session:
        account = _found(session, staff_number)
        done = changes.ask(
            session,
            tools.accounts,
            account,
            kind,
            asked_by=ACTOR,
            settings=tools.settings,
            context=_context(now),
            roles=roles_of(account),
        )
        roles = ",".join(account.roles)
    if done.change is not None:
        click.echo(SECOND.format(address=tools.address, days=tools.settings.change_days))
    elif done.code is not None:
        _tell_code(tools, staff_number, done.code)
    else:
        click.echo(f"The account is {account.status}, with the roles: {roles or 'none'}.")


def _found(session: Session, staff_number: str) -> StaffAccount:
    found = accounts.find(session, staff_number, for_update=True)
    if found is None:
        raise click.ClickException("no staff account has this number")
    return found


def _tell_code(tools: StaffTools, staff_number: str, code: str) -> None:
    click.echo(code)
    hours = tools.settings.activation_code_hours
    words = f"For {staff_number} alone, once, within {hours} hours, at {tools.address}/activate."
    click.echo(words, err=True)


def _place(office: str, window: str) -> Place:
    try:
        return Place(office, window)
    except ValueError as problem:
        raise click.ClickException(str(problem)) from None


def _context(now: datetime) -> AuditContext:
    return AuditContext(now, actor=ACTOR)
