"""`idp people templates` and `idp people evidence ...`: what is kept of faces, and the one way to see it."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from idp.audit.context import AuditContext
from idp.crypto.fields import CannotOpen
from idp.people import face_evidence, face_templates
from idp.people.cli import ACTOR, CodeWord, opened_tools
from idp.people.face_evidence import KeptFrame

OWNER_ALONE = 0o600


@click.group()
def face_commands() -> None:
    """Joined to `idp people`."""


@face_commands.command()
@click.option("--delete-old", is_flag=True, help="Delete those that the network in use cannot compare with.")
def templates(delete_old: bool) -> None:
    """Count the templates of faces by the network that made them."""
    tools = opened_tools()
    in_use = tools.match_model()
    context = AuditContext(tools.clock(), actor=ACTOR)
    gone = 0
    while delete_old:
        with tools.sessions.begin() as session:
            now_gone = face_templates.delete_other_models(session, in_use, context=context)
        gone += now_gone
        delete_old = now_gone > 0
    with tools.sessions() as session:
        counts = face_templates.count_by_model(session)
    for model, count in ({in_use: 0} | counts).items():
        click.echo(f"{model}  {count:>9}  {'in use' if model == in_use else 'of an older network'}")
    if gone:
        click.echo(f"{gone} of older networks deleted.")


@face_commands.group()
def evidence() -> None:
    """The frames that are kept of checks, of those who agreed to it."""


@evidence.command("list")
def list_evidence() -> None:
    """References of what is kept, newest first: the ids of the checks' events in the audit log."""
    tools = opened_tools()
    with tools.sessions() as session:
        for row in face_evidence.kept(session, tools.clock()):
            made, ends = (moment.isoformat(timespec="seconds") for moment in (row.made_at, row.delete_at))
            click.echo(f"{row.id}  of {made}  until {ends}")


@evidence.command()
@click.argument("reference", metavar="REF")
@click.option("--reason", type=CodeWord(), required=True, help="For the audit log: a complaint, a case.")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="A new folder for the frames.",
)
def export(reference: str, reason: str, folder: Path) -> None:
    """Write the frames kept of the check REF into a new folder; the audit log tells of it.

    Whoever takes them out answers for deleting them again.
    """
    tools = opened_tools()
    if folder.exists():
        raise click.ClickException("the folder is there already")
    try:
        with tools.sessions.begin() as session:
            frames = face_evidence.export(
                session,
                reference,
                reason=reason,
                cipher=tools.cipher,
                context=AuditContext(tools.clock(), actor=ACTOR),
            )
    except CannotOpen as problem:
        raise click.ClickException(str(problem)) from None
    if frames is None:
        raise click.ClickException("nothing is kept under this reference, or nothing any more")
    _write(folder, frames)
    click.echo(f"{len(frames)} frames are in {folder}.")


def _write(folder: Path, frames: Sequence[KeptFrame]) -> None:
    folder.mkdir(mode=0o700, parents=True)
    for frame in frames:
        handle = os.open(folder / frame.file_name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ALONE)
        with os.fdopen(handle, "wb") as file:
            file.write(frame.image)
