"""`idp clients token` and its neighbours: who may register a client without the operator."""

import click
from sqlalchemy import select

from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.operation import InitialTokenEnded, InitialTokenMade
from idp.commands.opening import opened
from idp.oidc.registration import initial_tokens
from idp.oidc.registration.initial_tokens import InitialAccessToken

USES_AT_MOST = 10_000
DAYS_AT_MOST = 365


@click.command("token")
@click.option("--uses", type=click.IntRange(1, USES_AT_MOST), default=1, show_default=True)
@click.option("--days", type=click.IntRange(1, DAYS_AT_MOST), default=7, show_default=True)
def make_command(uses: int, days: int) -> None:
    """An initial access token, shown once: whoever has it may register clients."""
    with opened() as found:
        now = found.clock()
        with found.sessions.begin() as session:
            token_id, token = initial_tokens.make(session, uses=uses, days=days, now=now)
            event = InitialTokenMade(token_id, uses, days)
            audit.record(session, event, context=AuditContext(at=now, actor="operator"))
        registration = found.settings.protocol.registration
    click.echo(f"{token_id}: initial access token (not shown again): {token}")
    if registration != "initial_access_token":
        click.echo(f'  It opens nothing while protocol.registration is "{registration}".')


@click.command("tokens")
def list_command() -> None:
    """The initial access tokens that are still good."""
    with opened() as found, found.sessions() as session:
        statement = select(InitialAccessToken).where(InitialAccessToken.expires_at > found.clock())
        for token in session.scalars(statement.order_by(InitialAccessToken.id)):
            click.echo(f"{token.id}  {token.uses_left:>5} left  until {token.expires_at:%Y-%m-%d %H:%M} UTC")


@click.command("end-token")
@click.argument("token_id")
def end_command(token_id: str) -> None:
    """End the initial access token TOKEN_ID. Clients that it registered stay."""
    with opened() as found:
        now = found.clock()
        with found.sessions.begin() as session:
            if not initial_tokens.end(session, token_id):
                raise click.ClickException(f"there is no initial access token {token_id}")
            event = InitialTokenEnded(token_id)
            audit.record(session, event, context=AuditContext(at=now, actor="operator"))
    click.echo(f"{token_id}: ended")
