"""`idp sandbox test-token`: lets a program choose what an app's sign-ins end with."""

import click

from idp.audit.context import AuditContext
from idp.audit.events.sandbox import SandboxAppTokenMade
from idp.commands.opening import opened
from idp.oidc.clients.cache import ClientCache
from idp.sandbox.outcomes.app_tokens import AppTokens, TooMany


@click.command("test-token")
@click.argument("client_id")
@click.option("--name", default="command line", show_default=True, help="What it is for.")
def test_token_command(client_id: str, name: str) -> None:
    """Make a test token for an app of this sandbox, and print it: it is not shown again."""
    with opened() as found:
        if not found.settings.sandbox:
            raise click.ClickException("this is not a sandbox")
        if ClientCache(found.engine, found.clock).known(client_id) is None:
            raise click.ClickException(f"no such app: {client_id}")
        try:
            text, _ = AppTokens(found.store, found.clock).make(client_id, name)
        except TooMany:
            raise click.ClickException(
                "this app has as many as it may: withdraw one in the console"
            ) from None
        event = SandboxAppTokenMade(client_id=client_id)
        found.audit.append(event, AuditContext(at=found.clock(), actor="operator"))
        click.echo(text)
