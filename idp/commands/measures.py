"""`idp measures`: what the security staff do on their pages, for when these cannot be reached.

The operator holds the database, so no second officer is asked; each deed is an event all the same.
"""

from collections.abc import Callable
from datetime import timedelta

import click

from idp.audit.context import AuditContext
from idp.commands.opening import opened
from idp.measures.kinds import IN_FORCE, REASONS, REASONS_BACK, Kind, Reason, SubjectKind
from idp.measures.models import Measure
from idp.measures.opening import open_measures
from idp.measures.reading import Which, listed
from idp.measures.subjects import MeasureRefused
from idp.measures.taking import OPERATOR, Wanted
from idp.storage.base import new_id

SHOWN_AT_MOST = 200
PARTS = 1_000_000
"""Until it is done: whoever sits here waits."""
FREEZABLE = (SubjectKind.PERSON, SubjectKind.ORGANISATION, SubjectKind.CLIENT)
reason_option = click.option(
    "--reason",
    type=click.Choice([one.value for one in REASONS]),
    default=Reason.ATTACK.value,
    show_default=True,
)


@click.group()
def measures() -> None:
    """End sessions, freeze, block: what the security desk does, when it cannot be reached."""


@measures.command("list")
@click.option("--all", "is_all", is_flag=True, help="Also those that are over.")
def list_command(is_all: bool) -> None:
    """What is in force, the newest first."""
    with opened() as found, found.sessions() as session:
        which = Which.ALL if is_all else Which.IN_FORCE
        for one in listed(session, which, found.clock(), after=None, at_most=SHOWN_AT_MOST):
            until = "" if one.until is None else f"  until {one.until:%Y-%m-%d %H:%M} UTC"
            click.echo(f"{one.id}  {one.kind} {one.subject_kind} {one.subject}  {one.state}{until}")


@measures.command("end-sessions")
@click.option("--person", help="Id of a person, as the log has it: all their sessions and grants.")
@click.option("--client", help="Id of a client: everything that it holds, of everybody.")
@click.option("--from", "address", help="An address or a range: sessions that were opened from there.")
@reason_option
def end_sessions(person: str | None, client: str | None, address: str | None, reason: str) -> None:
    """End sessions, and tell the clients. Ended sessions do not come back."""
    given = {SubjectKind.PERSON: person, SubjectKind.CLIENT: client, SubjectKind.ADDRESS: address}
    named = [(kind, text) for kind, text in given.items() if text]
    if len(named) != 1:
        raise click.UsageError("one of --person, --client and --from")
    ((kind, text),) = named
    _take(Kind.END_SESSIONS, kind, text, reason)


@measures.command("freeze")
@click.argument("kind", type=click.Choice([one.value for one in FREEZABLE]))
@click.argument("subject")
@reason_option
def freeze(kind: str, subject: str, reason: str) -> None:
    """Freeze a person, an organisation or a client (SUBJECT: its id) until that is undone."""
    _take(Kind.FREEZE, SubjectKind(kind), subject, reason)


@measures.command("block")
@click.argument("network")
@click.option("--hours", type=click.IntRange(1), default=24, show_default=True)
@reason_option
def block(network: str, hours: int, reason: str) -> None:
    """Let nobody begin a sign-in from NETWORK (203.0.113.0/24) for some hours."""
    _take(Kind.BLOCK, SubjectKind.ADDRESS, network, reason, timedelta(hours=hours))


@measures.command("undo")
@click.argument("measure_id")
@click.option(
    "--reason",
    type=click.Choice([one.value for one in REASONS_BACK]),
    default=Reason.SETTLED.value,
    show_default=True,
)
def undo(measure_id: str, reason: str) -> None:
    """Thaw or unblock what MEASURE_ID did."""
    with opened() as found:
        context = AuditContext(found.clock(), actor=OPERATOR)
        desk = open_measures(found)
        _or_refused(lambda: desk.undo(measure_id, Reason(reason), by=OPERATOR, context=context))
    click.echo(f"{measure_id}: undone")


def _take(
    kind: Kind, subject_kind: SubjectKind, text: str, reason: str, lasts: timedelta | None = None
) -> None:
    with opened() as found:
        now = found.clock()
        desk = open_measures(found)
        wanted = Wanted(new_id(now), kind, subject_kind, text, Reason(reason), lasts=lasts)
        context = AuditContext(now, actor=OPERATOR)
        _or_refused(lambda: desk.take(wanted, by=OPERATOR, context=context, at_once=True))
        desk.going_on.go_on(wanted.id, PARTS)
        with found.sessions() as session:
            made = session.get_one(Measure, wanted.id)
            goes_on = " (a worker goes on)" if made.finished_at is None and made.state in IN_FORCE else ""
            click.echo(f"{made.id}: {made.kind} {made.subject_kind} {made.subject}")
            click.echo(f"  sessions ended: {made.sessions_ended}, grants ended: {made.grants_ended}{goes_on}")


def _or_refused(do: Callable[[], object]) -> None:
    try:
        do()
    except MeasureRefused as refused:
        raise click.ClickException(f"refused: {refused.reason}") from None
