"""`idp audit search`: finding events, a page at a time, the latest first."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import click

from idp.audit.events import AuditSearched
from idp.audit.export.jsonl import jsonl, moment
from idp.audit.fields import CATALOGUE, is_identifier
from idp.audit.paging import Cursor, Sought, Span, latest
from idp.business.cli import read_code
from idp.business.organisations import find_by_code
from idp.commands.audit_export import from_option, record, seconds, to_option
from idp.commands.opening import opened
from idp.error_references import explain
from idp.extensions import Services
from idp.people import directory
from idp.people.account_cli import ask_number

AROUND = timedelta(minutes=10)
"""Before and after an error: by then the events of its request were written. The log has no index of
requests, and reads this much of it instead."""


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
        at, _, seq = value.rpartition("/")
        try:
            moment = datetime.fromisoformat(at)
            return moment.astimezone(UTC), int(seq)
        except ValueError:
            self.fail(f"not where a page ended: {value}", param, ctx)


@click.command("search")
@from_option
@to_option
@click.option("--event", "name", type=click.Choice(sorted(CATALOGUE)), metavar="NAME", help="Of one name.")
@click.option("--person", is_flag=True, help="Of a person. Asks for the number, which is not kept.")
@click.option("--client", "client_id", metavar="ID", help="Of a client.")
@click.option("--organisation", metavar="CODE", help="Of an organisation, by its unified social credit code.")
@click.option("--reference", metavar="REF", help="Of the request behind an error reference.")
@click.option("--after", type=After(), metavar="PLACE", help="The page behind the one that ended there.")
@click.option("--rows", default=50, show_default=True, type=click.IntRange(1, 1000))
def search_command(
    begin: datetime | None,
    end: datetime | None,
    name: str | None,
    person: bool,
    client_id: str | None,
    organisation: str | None,
    reference: str | None,
    after: Cursor | None,
    rows: int,
) -> None:
    """Look for events, the latest first, one JSON object a line. Each page that is shown is an event."""
    given = {
        "event": name,
        "person": person or None,
        "client": client_id,
        "organisation": organisation,
        "from": begin,
        "to": end,
        "reference": reference,
        "after": after,
    }
    if client_id is not None and not is_identifier(client_id):
        raise click.ClickException("not the id of a client")
    with opened() as found:
        sought = Sought(Span(begin, end), names=() if name is None else (name,), client_id=client_id)
        try:
            if person:
                sought = replace(sought, person_id=_person_id(found))
            if organisation is not None:
                sought = replace(sought, organisation_id=_organisation_id(found, organisation))
            if reference is not None:
                sought = _of_request(found, sought, reference)
            shown = latest(found.engine, sought, after, rows)
        except NobodyFound as problem:
            _tell(found, sought, given, 0)
            raise click.ClickException(str(problem)) from None
        _tell(found, sought, given, len(shown))
    for line in jsonl(shown):
        click.echo(line, nl=False)
    if len(shown) == rows:
        last = shown[-1]
        click.echo(f"more: --after {moment(last.at)}/{last.place[1]}", err=True)


def _tell(found: Services, sought: Sought, given: Mapping[str, object], rows: int) -> None:
    """Before anything is shown."""
    event = AuditSearched(
        criteria=tuple(name for name, value in given.items() if value is not None),
        rows=rows,
        person_id=sought.person_id,
        client_id=sought.client_id,
        organisation_id=sought.organisation_id,
        sought=sought.names[0] if len(sought.names) == 1 else None,
        begin=seconds(sought.span.begin),
        end=seconds(sought.span.end),
    )
    record(found, event)


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
