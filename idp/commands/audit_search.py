"""`idp audit search`: finding events, a page at a time, the latest first."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import click

from idp.audit.addresses import NotToBeFound
from idp.audit.events import CATALOGUE
from idp.audit.export.jsonl import jsonl, moment
from idp.audit.fields import is_identifier
from idp.audit.searching import Cursor, Result, Sought, Span, read_cursor, search, written
from idp.audit.searching.telling import told
from idp.business.cli import read_code
from idp.business.organisations import find_by_code
from idp.commands.audit_export import from_option, record, to_option
from idp.commands.opening import opened
from idp.error_references import explain
from idp.extensions import Services
from idp.people import directory
from idp.people.account_cli import ask_number

AROUND = timedelta(minutes=10)
"""Before and after an error: by then the events of its request were written. The log has no index of
requests, and this much of it is read instead."""


class NobodyFound(Exception):
    """What was asked for is of nobody here."""


class After(click.ParamType[Cursor]):
    """Where a page ended, as the page itself says."""

    name = "place"

    def convert(
        self, value: str | Cursor, param: click.Parameter | None, ctx: click.Context | None
    ) -> Cursor:
        if not isinstance(value, str):
            return value
        try:
            return read_cursor(value)
        except ValueError:
            self.fail(f"not where a page ended: {value}", param, ctx)


RESULTS = [result.value for result in Result]
IDS = ("client", "device", "session", "interaction", "request", "actor")
COLUMNS = {"client": "client_id", "session": "session_id", "interaction": "interaction_id"} | {
    "request": "request_id",
    "exact": "is_exact_level",
}
"""Options that are called otherwise than what they ask for."""


@click.command("search")
@from_option
@to_option
@click.option("--event", "names", multiple=True, type=click.Choice(sorted(CATALOGUE)), metavar="NAME")
@click.option("--result", type=click.Choice(RESULTS), help="How it went.")
@click.option("--person", is_flag=True, help="Of a person. Asks for the number, which is not kept.")
@click.option("--client", metavar="ID", help="Of a client.")
@click.option("--organisation", metavar="CODE", help="Of an organisation, by its unified social credit code.")
@click.option("--address", metavar="ADDRESS", help="From an address, or a range: 203.0.113.0/24.")
@click.option("--device", metavar="DIGEST", help="From a device, as events have it.")
@click.option("--session", metavar="DIGEST", help="That name a session, as events have it.")
@click.option("--interaction", metavar="ID", help="Of an authorization in progress.")
@click.option("--request", metavar="ID", help="Of a request.")
@click.option("--reference", metavar="REF", help="Of the request behind an error reference.")
@click.option("--actor", metavar="ID", help="Of who acted: a staff account, operator, worker.")
@click.option("--level", type=click.IntRange(1, 4), help="Of this level or a higher one.")
@click.option("--exact", is_flag=True, help="Of exactly that level.")
@click.option("--text", is_flag=True, help="With something in their fields. Asks what it is.")
@click.option("--after", type=After(), metavar="PLACE", help="The page behind the one that ended there.")
@click.option("--rows", default=50, show_default=True, type=click.IntRange(1, 1000))
@click.option("--seconds", "budget", default=10.0, show_default=True, type=click.FloatRange(0.1, 3600))
def search_command(
    begin: datetime | None,
    end: datetime | None,
    person: bool,
    organisation: str | None,
    reference: str | None,
    text: bool,
    after: Cursor | None,
    rows: int,
    budget: float,
    **plain: Any,
) -> None:
    """Look for events, the latest first, one JSON object a line. Each page that is shown is an event.

    What no index leads to is looked for until the seconds are over; then the last line says how far.
    """
    named = {**plain, "event": plain["names"]} | {"person": person, "organisation": organisation}
    named |= {"from": begin, "to": end, "reference": reference, "text": text, "after": after}
    criteria = [name for name, value in named.items() if name != "names" and value]
    for name in IDS:
        if plain[name] is not None and not is_identifier(plain[name]):
            raise click.ClickException(f"not an id: --{name}")
    sought = _sought(Span(begin, end), plain, click.prompt("Text", err=True) if text else None)
    with opened() as found:
        try:
            if sought.address is not None:
                sought = replace(sought, address=found.addresses.sought(sought.address))
            if person:
                sought = replace(sought, person_id=_person_id(found))
            if organisation is not None:
                sought = replace(sought, organisation_id=_organisation_id(found, organisation))
            if reference is not None:
                sought = _of_request(found, sought, reference)
        except NotToBeFound as problem:
            raise click.ClickException(str(problem)) from None
        except NobodyFound as problem:
            record(found, told(sought, criteria, None))
            raise click.ClickException(str(problem)) from None
        page = search(found.engine, sought, after, rows, budget)
        # Before anything is shown.
        record(found, told(sought, criteria, page))
    for line in jsonl(page.events):
        click.echo(line, nl=False)
    if page.next is not None:
        if not page.complete and page.searched_to is not None:
            click.echo(f"looked back to {moment(page.searched_to)}, and the time was over", err=True)
        click.echo(f"more: --after {written(page.next)}", err=True)


def _sought(span: Span, plain: Mapping[str, Any], text: str | None) -> Sought:
    given: dict[str, Any] = {COLUMNS.get(name, name): value for name, value in plain.items()}
    given["result"] = given["result"] and Result(given["result"])
    try:
        return Sought(span, **given, text=text)
    except ValueError as problem:
        raise click.ClickException(str(problem)) from None


def _person_id(found: Services) -> str:
    """Asks for the number; the blind index finds whose it is."""
    number = ask_number(found.clock(), sandbox=found.settings.sandbox).number.value
    with found.sessions() as session:
        person = directory.find_by_number(session, found.index, number)
    if person is None:
        raise NobodyFound("nobody with this number is known here")
    return person.id


def _organisation_id(found: Services, typed: str) -> str:
    code = read_code(typed, sandbox=found.settings.sandbox).value
    with found.sessions() as session:
        organisation = find_by_code(session, code)
    if organisation is None:
        raise NobodyFound("no organisation is known here by this code")
    return organisation.id


def _of_request(found: Services, sought: Sought, reference: str) -> Sought:
    cause = explain(found.store, reference)
    if cause is None:
        raise NobodyFound("no such reference, or it is older than seven days")
    if not cause.request_id:
        raise NobodyFound("nothing says which request it was")
    span = Span(sought.span.begin or cause.at - AROUND, sought.span.end or cause.at + AROUND)
    return replace(sought, span=span, request_id=cause.request_id)
