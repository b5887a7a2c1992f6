"""`idp clients limit`: what one client may ask for, apart from all others."""

from dataclasses import replace

import click

from idp.audit.context import AuditContext
from idp.commands.opening import opened
from idp.oidc.clients.limiting import NAMES, limits_of, set_limits
from idp.oidc.clients.limits import STANDARD, OwnLimits
from idp.oidc.clients.models import ClientRecord

REQUESTS_AT_MOST = 10_000_000
Number = click.IntRange(1, REQUESTS_AT_MOST)
Quota = click.IntRange(0, REQUESTS_AT_MOST)


@click.command("limit")
@click.argument("client_id")
@click.option("--class", "limit_class", help="A class of client_limits.classes.")
@click.option("--requests-per-minute", type=Number, help="A number of its own, before any class.")
@click.option("--sign-ins-per-day", type=Quota, help="0: as many as there are.")
@click.option("--messages-per-day", type=Quota, help="0: as many as there are.")
@click.option("--standard", is_flag=True, help="Take back everything of its own first.")
def limit_command(
    client_id: str,
    limit_class: str | None,
    requests_per_minute: int | None,
    sign_ins_per_day: int | None,
    messages_per_day: int | None,
    standard: bool,
) -> None:
    """What CLIENT_ID may ask for in a minute and in a day; without options it is shown."""
    given = OwnLimits(limit_class, requests_per_minute, sign_ins_per_day, messages_per_day)
    with opened() as found:
        settings = found.settings.client_limits
        if limit_class is not None and limit_class not in settings.classes:
            known = ", ".join(sorted(settings.classes)) or "none"
            raise click.ClickException(f"there is no class {limit_class}; client_limits.classes has: {known}")
        with found.sessions.begin() as session:
            if session.get(ClientRecord, client_id) is None:
                raise click.ClickException(f"there is no client {client_id}")
            before = STANDARD if standard else limits_of(session, client_id)
            changes = {name: value for name in NAMES if (value := getattr(given, name)) is not None}
            wanted = replace(before, **changes)
            if standard or changes:
                set_limits(session, client_id, wanted, AuditContext(at=found.clock(), actor="operator"))
    for name in NAMES:
        value = getattr(wanted, name)
        click.echo(f"{name:<20} {'as the settings say' if value is None else value}")
