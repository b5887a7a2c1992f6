"""`idp explain REF`: what was behind an error reference."""

import click

from idp.commands.opening import opened
from idp.error_references import explain as look_up


@click.command()
@click.argument("reference")
def explain(reference: str) -> None:
    """Say what was behind an error REFERENCE, such as K7F3-9QXM."""
    with opened() as found:
        cause = look_up(found.store, reference)
    if cause is None:
        raise click.ClickException("No such reference, or it is older than seven days.")
    rows = (
        ("time", cause.at.isoformat(timespec="seconds")),
        ("where", cause.where),
        ("error", cause.error),
        ("said", cause.description),
        ("cause", cause.detail),
        ("client", cause.client_id),
        ("request", cause.request_id),
    )
    for name, value in rows:
        if value:
            click.echo(f"{name:<8} {value}")
