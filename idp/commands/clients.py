"""`idp clients`: registrations as files, applied as often as one likes."""

import click
from sqlalchemy import select

from idp.audit.context import AuditContext
from idp.commands import client_limits, client_manifests, client_secrets, initial_tokens
from idp.commands.opening import opened
from idp.extensions import Services
from idp.oidc.clients.changes import changing
from idp.oidc.clients.changes.changing import Frozen, NoSuchClient
from idp.oidc.clients.changes.history import OPERATOR
from idp.oidc.clients.models import ClientRecord, ClientStatus
from idp.oidc.registration import records


@click.group()
def clients() -> None:
    """Registered client apps."""


@clients.command("list")
def list_command() -> None:
    """The registered clients."""
    with opened() as found, found.sessions() as session:
        for client in session.scalars(select(ClientRecord).order_by(ClientRecord.client_id)):
            name = client.metadata_json.get("client_name", "")
            by = "operator" if client.registration_mac is None else "itself"
            click.echo(f"{client.client_id:<36} {client.status:<10} {by:<9} {client.sector:<24} {name}")


@clients.command("suspend")
@click.argument("client_id")
def suspend_command(client_id: str) -> None:
    """Refuse everything that CLIENT_ID asks, until it is resumed. Its tokens stop at our endpoints."""
    with opened() as found:
        _set_status(found, client_id, ClientStatus.SUSPENDED)
    click.echo(f"{client_id}: suspended")


@clients.command("resume")
@click.argument("client_id")
def resume_command(client_id: str) -> None:
    """Let CLIENT_ID go on. What its own team had stopped before stays stopped, until it is resumed again."""
    with opened() as found:
        status = _set_status(found, client_id, ClientStatus.ACTIVE)
    click.echo(f"{client_id}: {status}")


@clients.command("delete")
@click.argument("client_id")
@click.confirmation_option(prompt="Everything that people allowed it ends too. Go on?")
def delete_command(client_id: str) -> None:
    """Take CLIENT_ID away, with all consents and grants. Who registers again is another client."""
    with opened() as found:
        now = found.clock()
        with found.sessions.begin() as session:
            if session.get(ClientRecord, client_id) is None:
                raise click.ClickException(f"there is no client {client_id}")
            records.remove(
                session, client_id, records.BY_THE_OPERATOR, context=AuditContext(at=now, actor="operator")
            )
    click.echo(f"{client_id}: deleted")


for command in (
    *(client_manifests.apply_command, client_manifests.diff_command, client_manifests.export_command),
    client_secrets.secret,
    *(initial_tokens.make_command, initial_tokens.list_command, initial_tokens.end_command),
    client_limits.limit_command,
):
    clients.add_command(command)


def _set_status(found: Services, client_id: str, status: ClientStatus) -> str:
    """What it is then. Raises ClickException."""
    context = AuditContext(at=found.clock(), actor="operator")
    with found.sessions.begin() as session:
        try:
            changing.set_status(session, client_id, status, actor=OPERATOR, context=context)
        except NoSuchClient:
            raise click.ClickException(f"there is no client {client_id}") from None
        except Frozen:
            # Neither lifts the other: who froze it has a reason that stands in the measure.
            raise click.ClickException(
                f"{client_id} is frozen by the security staff: idp measures list"
            ) from None
        return session.get_one(ClientRecord, client_id).status
