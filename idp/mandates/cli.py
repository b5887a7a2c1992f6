"""`idp mandate ...`: who may act for whom, and ending one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import click
from sqlalchemy.orm import Session, sessionmaker

from idp.audit.context import AuditContext
from idp.business import credit_code
from idp.business import names as organisation_names
from idp.business.cli import read_code
from idp.business.models import Organisation
from idp.business.organisations import Organisations, find_by_code
from idp.crypto.fields import BlindIndex, FieldCipher
from idp.mandates import ending, reading
from idp.mandates.ending import Ends, Reason
from idp.mandates.models import Mandate
from idp.mandates.reading import Happened
from idp.mandates.refusing import MandateRefused
from idp.mandates.standing import standing
from idp.people import directory, names
from idp.people.account_cli import NO_ACCOUNT, ask_number, reason_option

ACTOR = "operator"


@dataclass(frozen=True)
class MandateTools:
    """What the commands work with; the wiring above this room knows how to make it."""

    clock: Callable[[], datetime]
    sessions: sessionmaker[Session]
    cipher: FieldCipher
    index: BlindIndex
    organisations: Organisations
    ends: Ends
    sandbox: bool


OpenTools = Callable[[], MandateTools]
"""Stands in `click.Context.obj`, so that `--help` opens no database."""


@click.group("mandate")
def mandate_commands() -> None:
    """Who may act for whom."""


def _opened_tools() -> MandateTools:
    open_tools: OpenTools = click.get_current_context().obj
    return open_tools()


@mandate_commands.command("list")
@click.option("--organisation", metavar="CODE", help="Of an organisation, by its unified social credit code.")
@click.option("--person", is_flag=True, help="Held by a person, and for one. Asks for the number.")
@click.option("--history", is_flag=True, help="What was granted and what ended, the latest first.")
def list_mandates(organisation: str | None, person: bool, history: bool) -> None:
    """The mandates of an organisation or of a person, and whether each stands now. Names are masked."""
    if (organisation is None) is not person:
        raise click.UsageError("either --organisation CODE or --person")
    tools = _opened_tools()
    code = None if organisation is None else read_code(organisation, sandbox=tools.sandbox).value
    number = ask_number(tools.clock(), sandbox=tools.sandbox).number.value if person else ""
    with tools.sessions() as session:
        if code is not None:
            lines = _of_organisation(tools, session, code, history)
        else:
            lines = _of_person(tools, session, number, history)
        for line in lines:
            click.echo(line)


@mandate_commands.command("end")
@click.argument("mandate_id", metavar="ID")
@reason_option("operator")
def end(mandate_id: str, reason: str) -> None:
    """End a mandate, all that was granted on its strength, and the sign-ins that rest on them."""
    tools = _opened_tools()
    context = AuditContext(tools.clock(), actor=ACTOR)
    try:
        with tools.sessions.begin() as session:
            ended = ending.end(
                session,
                mandate_id,
                by=None,
                reason=Reason.OPERATOR,
                detail=reason,
                context=context,
                ends=tools.ends,
            )
    except MandateRefused:
        raise click.ClickException("there is no such mandate") from None
    if not ended:
        raise click.ClickException("it has ended before")
    click.echo(f"Ended, with {len(ended) - 1} below it.")


def _of_organisation(tools: MandateTools, session: Session, code: str, history: bool) -> Iterator[str]:
    found = find_by_code(session, code)
    if found is None:
        raise click.ClickException("no organisation is known here by this code")
    yield f"{credit_code.masked(found.code)}, {found.status}"
    if history:
        yield from _happened(tools, session, reading.history_of_organisation(session, found.id))
    else:
        yield from _live(tools, session, reading.of_organisation(session, found.id))


def _of_person(tools: MandateTools, session: Session, number: str, history: bool) -> Iterator[str]:
    found = directory.find_by_number(session, tools.index, number)
    if found is None:
        raise click.ClickException(NO_ACCOUNT)
    if history:
        yield from _happened(tools, session, reading.history_of_person(session, found.id))
        return
    held, given = reading.held_by(session, found.id), reading.given_by(session, found.id)
    yield from _live(tools, session, [*held, *given])


def _live(tools: MandateTools, session: Session, found: Sequence[Mandate]) -> Iterator[str]:
    now = tools.clock()
    for one in found:
        stands = standing(session.connection(), one.id, now)
        until = one.expires_at if stands is None else stands.expires_at
        how = "does not stand" if stands is None else "stands"
        how += "" if until is None else f" until {until:%Y-%m-%d %H:%M} UTC"
        yield f"{one.id}  {one.role:<20}  {_parties(tools, session, one)}  {_matters(one)}  {how}"
    yield f"{len(found)} that have not ended."


def _happened(tools: MandateTools, session: Session, found: Sequence[Happened]) -> Iterator[str]:
    for one in found:
        mandate = one.mandate
        what = f"ended ({mandate.ended_reason})" if one.is_end else "granted"
        parties = _parties(tools, session, mandate)
        yield f"{one.at:%Y-%m-%d %H:%M} UTC  {mandate.id}  {mandate.role:<20}  {parties}  {what}"


def _parties(tools: MandateTools, session: Session, mandate: Mandate) -> str:
    holder = _person(tools, session, mandate.person_id)
    if mandate.principal_id is not None:
        return f"{holder} for {_person(tools, session, mandate.principal_id)}"
    organisation = session.get_one(Organisation, mandate.organisation_id)
    return f"{holder} for {organisation_names.masked(tools.organisations.name_of(organisation))}"


def _person(tools: MandateTools, session: Session, person_id: str) -> str:
    person = directory.find_by_id(session, person_id)
    name = "" if person is None else directory.name_of(person, tools.cipher)
    return names.masked(name) or "(closed)"


def _matters(mandate: Mandate) -> str:
    return ", ".join(mandate.matters) or "all business"
