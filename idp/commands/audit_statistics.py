"""`idp audit statistics`: the counts that the desk shows."""

from datetime import timedelta

import click
from sqlalchemy.exc import IntegrityError

from idp.audit.statistics.rebuilding import rebuild
from idp.commands.opening import opened


@click.group("statistics")
def statistics_command() -> None:
    """The counts of the security desk's overview."""


@statistics_command.command("rebuild")
def rebuild_command() -> None:
    """Make all counts anew from the log. Workers and the desk may go on meanwhile."""
    with opened() as found:
        kept = timedelta(days=found.settings.audit.statistics_kept_days)
        try:
            events = rebuild(found.engine, found.clock(), kept=kept)
        except IntegrityError:
            raise click.ClickException("somebody else did so at the same time") from None
    click.echo(f"counted {events} events of the last {kept.days} days")
