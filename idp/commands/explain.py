"""`idp explain REF`: what was behind an error reference, and what the doctor says of it."""

from collections.abc import Iterator

import click

from idp.commands.opening import opened
from idp.doctor.diagnosis import Diagnosis, diagnose
from idp.doctor.judging import Judged, Verdict
from idp.doctor.saying import in_english
from idp.error_references import Cause
from idp.error_references import explain as look_up
from idp.oidc.clients.cache import ClientCache
from idp.oidc.clients.metadata import Client


@click.command()
@click.argument("reference")
def explain(reference: str) -> None:
    """Say what was behind an error REFERENCE, such as K7F3-9QXM."""
    with opened() as found:
        cause = look_up(found.store, reference)
        client = None
        if cause is not None and cause.client_id:
            client = ClientCache(found.engine, found.clock).known(cause.client_id)
    if cause is None:
        raise click.ClickException("No such reference, or it is older than seven days.")
    for line in _lines(cause, client):
        click.echo(line)


def _lines(cause: Cause, client: Client | None) -> Iterator[str]:
    rows = (
        ("time", cause.at.isoformat(timespec="seconds")),
        ("where", cause.where),
        ("error", cause.error),
        ("said", cause.description),
        ("cause", cause.detail),
        ("client", cause.client_id),
        ("request", cause.request_id),
        ("asked", f"{cause.seen.method} {cause.seen.path}".strip()),
    )
    yield from (f"{name:<8} {value}" for name, value in rows if value)
    if cause.seen.path:
        yield from _said(diagnose(cause, client))


def _said(found: Diagnosis) -> Iterator[str]:
    yield ""
    yield f"case     {found.case or '-'}"
    yield f"broken   {found.broken.by(in_english)}"
    yield from (f"         {one.by(in_english)}" for one in found.particulars)
    yield from (f"rule     {rule.text} {rule.url}".rstrip() for rule in found.rules)
    yield from (f"mend     {one.by(in_english)}" for one in found.mend)
    if found.field:
        yield f"field    {found.field}"
    if found.diff is not None:
        yield f"given    {found.diff.given}"
        yield f"expected {found.diff.registered}"
    yield from map(_parameter, found.parameters)


def _parameter(one: Judged) -> str:
    value = f"({one.characters} characters)" if one.value is None else one.value
    shown = "" if one.verdict is Verdict.MISSING else value
    return f"{one.verdict.value:<8} {one.name} {shown}".rstrip()
