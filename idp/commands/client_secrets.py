"""`idp clients secret`: several secrets a client, so that one takes over from another without a pause."""

from datetime import timedelta

import click

from idp.audit.context import AuditContext
from idp.commands.opening import opened
from idp.extensions import Services
from idp.oidc.clients.cache import SECONDS
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.changing import NoSuchClient
from idp.oidc.clients.changes.history import OPERATOR
from idp.oidc.clients.credentials import named_secrets
from idp.oidc.clients.credentials.client_secrets import ClientSecret
from idp.oidc.clients.credentials.kept_secret import SECRETS_AT_MOST
from idp.oidc.clients.credentials.named_secrets import HasNoSecret, LabelRefused, NoSuchSecret, TooManySecrets
from idp.oidc.clients.models import ClientRecord
from idp.oidc.provider import client_secrets

DAYS_AT_MOST = 3650


@click.group("secret")
def secret() -> None:
    """The secrets of a client: make the new one, bring it to the app, then revoke the old one."""


@secret.command("add")
@click.argument("client_id")
@click.option("--label", default="operator", show_default=True, help="What the secret is called.")
@click.option("--days", type=click.IntRange(1, DAYS_AT_MOST), help="Until it expires. Default: never.")
def add_command(client_id: str, label: str, days: int | None) -> None:
    """One more secret for CLIENT_ID, shown once. The others go on."""
    with opened() as found:
        now = found.clock()
        try:
            with found.sessions.begin() as session:
                made = changing.add_secret(
                    session,
                    client_id,
                    label,
                    expires_at=None if days is None else now + timedelta(days=days),
                    actor=OPERATOR,
                    context=AuditContext(at=now, actor="operator"),
                    secrets=client_secrets(found.settings, found.master_keys, found.cipher),
                )
        except NoSuchClient:
            raise click.ClickException(f"there is no client {client_id}") from None
        except HasNoSecret:
            raise click.ClickException(f"{client_id} proves itself without a secret") from None
        except LabelRefused as refused:
            raise click.ClickException(f"--label: {refused}") from None
        except TooManySecrets:
            raise click.ClickException(
                f"{client_id} has {SECRETS_AT_MOST} secrets: revoke one that is no longer used"
            ) from None
    click.echo(f"{made.id}: client_secret (not shown again): {made.secret}")


@secret.command("list")
@click.argument("client_id")
def list_command(client_id: str) -> None:
    """The secrets of CLIENT_ID: what they are called, until when they are good, when they were last used."""
    with opened() as found, found.sessions() as session:
        if session.get(ClientRecord, client_id) is None:
            raise click.ClickException(f"there is no client {client_id}")
        for row in named_secrets.of_client(session, client_id):
            click.echo(f"{row.id}  {_until(found, row):<18} {_used(row):<16} {row.label}")


@secret.command("revoke")
@click.argument("client_id")
@click.argument("secret_id")
def revoke_command(client_id: str, secret_id: str) -> None:
    """End the secret SECRET_ID of CLIENT_ID. Each process of the provider follows within seconds."""
    with opened() as found, found.sessions.begin() as session:
        context = AuditContext(at=found.clock(), actor="operator")
        try:
            changing.revoke_secret(session, client_id, secret_id, actor=OPERATOR, context=context)
        except NoSuchClient:
            raise click.ClickException(f"there is no client {client_id}") from None
        except NoSuchSecret:
            raise click.ClickException(f"{client_id} has no secret {secret_id}") from None
    click.echo(f"{secret_id}: revoked; refused everywhere within {SECONDS} seconds")


def _until(found: Services, row: ClientSecret) -> str:
    if row.expires_at is None:
        return "never expires"
    words = "expired" if row.expires_at <= found.clock() else "until"
    return f"{words} {row.expires_at:%Y-%m-%d}"


def _used(row: ClientSecret) -> str:
    return "never used" if row.last_used_on is None else f"used {row.last_used_on:%Y-%m-%d}"
