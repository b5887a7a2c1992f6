"""Registrations as files: what would change, making it so, and writing down what is registered."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.commands.opening import opened
from idp.extensions import Services
from idp.oidc.clients.changes.manifest_texts import Difference, written
from idp.oidc.clients.changes.manifests import Applied, Change, ManifestRefused, apply
from idp.oidc.clients.models import ClientRecord
from idp.oidc.provider import client_secrets
from idp.settings import ROOT

FILES = click.Path(exists=True, dir_okay=False, path_type=Path)
SIGNS: Mapping[Change, str] = {Change.CREATED: "+", Change.CHANGED: "~", Change.UNCHANGED: "="}
DIFFERENT = 1
"""The exit code of `diff` when something would change, as of diff(1); what is wrong ends with 2."""
Known = dict[str, dict[str, Any]]


class ChangedMeanwhile(Exception):
    """What stands there is no longer what the plan was made from."""


@click.command("apply")
@click.option("--yes", is_flag=True, help="Do not ask. Needed where nobody sits at a terminal.")
@click.argument("files", nargs=-1, required=True, type=FILES)
def apply_command(yes: bool, files: tuple[Path, ...]) -> None:
    """Make registrations what the FILES say, after showing what would change. A new secret is shown once."""
    with opened() as found:
        root = ROOT if found.settings.sandbox else None
        try:
            known, planned = plan(found, files, secret_root=root)
            if not show(planned):
                return
            if not yes:
                _ask()
            results = apply_files(found, files, secret_root=root, planned_from=known)
        except ManifestRefused as refused:
            raise click.ClickException(str(refused)) from None
        except ChangedMeanwhile:
            raise click.ClickException("Somebody changed one of them meanwhile: look again.") from None
    for applied in results:
        click.echo(f"{applied.client_id}: {applied.change}")
        if applied.new_secret is not None:
            click.echo(f"  client_secret (not shown again): {applied.new_secret}")


@click.command("diff")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.argument("files", nargs=-1, required=True, type=FILES)
def diff_command(as_json: bool, files: tuple[Path, ...]) -> None:
    """Say what `apply` would change, and change nothing. Exits with 1 when it would change something."""
    with opened() as found:
        try:
            _, planned = plan(found, files, secret_root=ROOT if found.settings.sandbox else None)
        except ManifestRefused as refused:
            click.echo(f"Error: {refused}", err=True)
            raise SystemExit(2) from None
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in planned], ensure_ascii=False, indent=2))
    else:
        show(planned)
    if any(one.change is not Change.UNCHANGED for one in planned):
        raise SystemExit(DIFFERENT)


@click.command("export")
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder: one file each, named after the client. Without it everything goes to the output.",
)
@click.argument("client_ids", nargs=-1)
def export_command(to: Path | None, client_ids: tuple[str, ...]) -> None:
    """Write the registrations of CLIENT_IDS, or all of them, as manifests. They hold no secret."""
    with opened() as found, found.sessions() as session:
        known = _registered(session)
    unknown = [client_id for client_id in client_ids if client_id not in known]
    if unknown:
        raise click.ClickException(f"there is no client {', '.join(unknown)}")
    for number, client_id in enumerate(client_ids or sorted(known)):
        text = written(known[client_id])
        if to is None:
            click.echo(f"{'' if number == 0 else chr(10)}{text}", nl=False)
            continue
        to.mkdir(parents=True, exist_ok=True)
        (to / f"{client_id}.toml").write_text(text, "utf-8")


def plan(found: Services, files: Sequence[Path], *, secret_root: Path | None) -> tuple[Known, list[Applied]]:
    """What stands now, and what applying the files would do: it is done, and taken back.

    Raises ManifestRefused.
    """
    now, secrets = found.clock(), client_secrets(found.settings, found.master_keys, found.cipher)
    with found.sessions() as session:
        known = _registered(session)
        planned = [
            apply(
                session,
                file,
                now,
                secrets=secrets,
                secret_root=secret_root,
                writes_secrets=False,
            )
            for file in files
        ]
        session.rollback()
    return {one.client_id: known.get(one.client_id, {}) for one in planned}, planned


def show(planned: Sequence[Applied]) -> bool:
    """Print a plan; whether anything would change."""
    for one in planned:
        click.echo(f"{SIGNS[one.change]} {one.client_id}: {one.change}")
        for difference in one.differences:
            _show(difference)
        if one.secret_changed:
            click.echo("    client_secret: anew, or taken away")
    counts = {change: sum(one.change is change for one in planned) for change in Change}
    click.echo(", ".join(f"{number} {change}" for change, number in counts.items()))
    return counts[Change.UNCHANGED] < len(planned)


def apply_files(
    found: Services,
    files: Iterable[Path],
    *,
    secret_root: Path | None,
    planned_from: Known | None = None,
) -> list[Applied]:
    """All of them or, when one is refused, none. Raises ManifestRefused.

    `planned_from`: what the plan began at. Raises ChangedMeanwhile where something else stands now.
    """
    now, secrets = found.clock(), client_secrets(found.settings, found.master_keys, found.cipher)
    results = []
    with found.sessions.begin() as session:
        known = _registered(session)
        if any(known.get(client_id, {}) != before for client_id, before in (planned_from or {}).items()):
            raise ChangedMeanwhile
        for file in files:
            results.append(
                apply(
                    session,
                    file,
                    now,
                    secrets=secrets,
                    secret_root=secret_root,
                )
            )
    return results


def _ask() -> None:
    if not sys.stdin.isatty():
        raise click.ClickException("Nobody is there to ask: look at the plan, and say --yes.")
    click.confirm("Make it so?", abort=True)


def _show(difference: Difference) -> None:
    for sign, value in (("-", difference.before), ("+", difference.now)):
        if value is not None:
            click.echo(f"    {sign} {difference.name} = {json.dumps(value, ensure_ascii=False)}")


def _as_json(one: Applied) -> dict[str, Any]:
    return {
        "client_id": one.client_id,
        "change": one.change.value,
        "secret_changed": one.secret_changed,
        "differences": [asdict(difference) for difference in one.differences],
    }


def _registered(session: Session) -> Known:
    rows = session.execute(select(ClientRecord.client_id, ClientRecord.metadata_json))
    return {client_id: dict(metadata) for client_id, metadata in rows}
