"""`idp audit`: is the log whole, and proofs of it for others; the rest is in files beside this one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from idp.audit.context import AuditContext
from idp.audit.events.proving import AuditProved, AuditVerified
from idp.audit.fields import Event
from idp.audit.tree import keys as audit_keys
from idp.audit.tree.findings import Report
from idp.audit.tree.models import AuditHead
from idp.audit.tree.proving import NoProof, prove, prove_consistency
from idp.audit.tree.verifying import Outside, snapshot, verify
from idp.commands.audit_export import catalogue_command, export_command
from idp.commands.audit_search import search_command
from idp.commands.audit_sinks import sinks_command
from idp.commands.audit_statistics import statistics_command
from idp.commands.opening import opened
from idp.extensions import Services
from idp.storage.database import reading

NOT_WHOLE = 1


@click.group()
def audit() -> None:
    """The audit log: is it whole, proofs of it for others; looking into it, and taking it out."""


audit.add_command(catalogue_command)
audit.add_command(export_command)
audit.add_command(search_command)
audit.add_command(sinks_command)
audit.add_command(statistics_command)


@audit.command("verify")
@click.option("--from", "begin", default="0", help="A position, or a date: the last head before it.")
@click.option("--to", "end", help="A position, or a date: the first head after it.")
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Heads that were given away, one a line; may be named again.",
)
def verify_command(begin: str, end: str | None, anchors: tuple[Path, ...]) -> None:
    """Compare each row with the tree, the tree with its heads, and these with those that were given away.

    Ends with 1 and the first thing that is wrong.
    """
    outside = Outside.of(line for path in anchors for line in path.read_text("utf-8", "replace").splitlines())
    with opened() as found:
        first, last = _position(found, begin, first=True), end and _position(found, end, first=False)
        with snapshot(found.engine) as connection:
            report = verify(
                connection,
                found.settings.issuer,
                first or 0,
                last or None,
                outside,
                now=found.clock(),
                is_sandbox=found.settings.sandbox,
            )
        result = "whole" if report.finding is None else str(report.finding.kind)
        event = AuditVerified(begin=report.begin, end=report.end, anchored=report.anchored, result=result)
        _record(found, event)
    for line in _lines(report, is_anchored=bool(anchors)):
        click.echo(line)
    if report.finding is not None:
        raise SystemExit(NOT_WHOLE)


@audit.command("prove")
@click.argument("event_id", metavar="EVENT")
@click.option("--head", "size", type=int, help="The size of the head; default: the last.")
def prove_command(event_id: str, size: int | None) -> None:
    """A proof, as JSON, that an event is in the log. It contains the event."""
    with opened() as found, _refusing():
        with snapshot(found.engine) as connection:
            proof = prove(connection, event_id, size)
        _record(found, AuditProved(event_id=event_id))
    _print(proof)


@audit.command("consistency")
@click.argument("old", type=int)
@click.argument("new", type=int)
def consistency_command(old: int, new: int) -> None:
    """A proof that the log of the head of OLD rows is the beginning of the one of NEW rows."""
    with opened() as found, _refusing(), snapshot(found.engine) as connection:
        _print(prove_consistency(connection, old, new))


@audit.command("heads")
@click.option("--last", default=10, show_default=True, type=click.IntRange(1, 10000))
def heads_command(last: int) -> None:
    """The last signed heads, one a line, as anchors have them."""
    newest = select(AuditHead.line).order_by(AuditHead.size.desc()).limit(last)
    with opened() as found, reading(found.engine).connect() as connection:
        for line in reversed(connection.scalars(newest).all()):
            click.echo(line)


@audit.command("keys")
def keys_command() -> None:
    """The public keys of heads, as a JWKS: keep it apart from the database."""
    with opened() as found, found.sessions() as session:
        _print({"keys": list(audit_keys.public_keys(session).values())})


@audit.command("rotate-key")
def rotate_key_command() -> None:
    """Sign heads with a new key from here on, and destroy the one before."""
    try:
        with opened() as found, found.sessions.begin() as session:
            algorithm = found.settings.audit.head_algorithm
            kid = audit_keys.rotate(session, found.cipher, found.clock(), algorithm, actor="operator").kid
    except IntegrityError:
        raise click.ClickException("somebody else did so at the same time") from None
    click.echo(f"audit {algorithm} {kid}: activated")


def _position(found: Services, text: str, *, first: bool) -> int | None:
    """A date is the size of a head: the last signed before it, or the first after. Raises ClickException."""
    if text.isdecimal():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.ClickException(f"neither a position nor a date: {text}") from None
    at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    size = (
        select(func.max(AuditHead.size)).where(AuditHead.at <= at)
        if first
        else select(func.min(AuditHead.size)).where(AuditHead.at >= at)
    )
    with reading(found.engine).connect() as connection:
        return connection.scalar(size)


def _record(found: Services, event: Event) -> None:
    found.audit.append(event, AuditContext(at=found.clock(), actor="operator"))


def _lines(report: Report, *, is_anchored: bool) -> Iterator[str]:
    if report.finding is not None:
        yield f"NOT WHOLE: {report.finding}"
        return
    dropped = f", {report.dropped} dropped because of their age" if report.dropped else ""
    looked = f"positions {report.begin} to {report.end}, {report.rows} rows{dropped}, {report.heads} heads"
    yield f"whole: {looked}"
    if report.newest is not None:
        newest = f"{report.newest:%Y-%m-%dT%H:%M:%SZ}"
        yield f"the last head was signed {newest}; {report.unproved} rows are behind it"
    if report.anchored:
        yield f"proved up to {report.anchored} by what was given away"
    elif is_anchored:
        yield "nothing of it is proved: the anchor has no head of these rows"
    else:
        yield "no anchor was named: whoever rules the database and the keys could have made all of it anew"


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except NoProof as problem:
        raise click.ClickException(str(problem)) from None


def _print(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, indent=1))
