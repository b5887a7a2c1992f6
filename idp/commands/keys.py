"""`idp keys`: master keys, made once, and key pairs, which follow one another."""

from pathlib import Path

import click

from idp import settings as settings_module
from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.operation import KeysRotated
from idp.commands.opening import opened
from idp.crypto import master_key
from idp.extensions import Services, utc_now
from idp.oidc.keys.making import EVERY_ALGORITHM, Step, rotate


@click.group()
def keys() -> None:
    """Master keys and key pairs."""


@keys.command()
@click.option("--file", "path", type=click.Path(path_type=Path), help="Where to; default: secrets.file.")
def master(path: Path | None) -> None:
    """Make the master key file. An existing one is never replaced."""
    settings = settings_module.load()
    target = path or settings.path(settings.secrets.file)
    made = master_key.write_new(target, master_key.generate(utc_now(), purpose=settings.mode))
    click.echo(f"{target}: {'made; keep a copy in a safe place' if made else 'is there already'}")


@keys.command("rotate")
@click.option("--now", is_flag=True, help="Publish the next keys whatever the age of the active ones.")
def rotate_command(now: bool) -> None:
    """Do what is due: publish the next key pairs, drop what nobody verifies with or encrypted to."""
    with opened() as found:
        steps = rotate_signing_keys(found, actor="operator", at_once=EVERY_ALGORITHM if now else ())
    for step in steps:
        click.echo(f"{step.purpose} {step.algorithm} {step.kid}: {step.step}")
    if not steps:
        click.echo("Nothing is due.")


def rotate_signing_keys(found: Services, *, actor: str, at_once: tuple[str, ...] = ()) -> list[Step]:
    """In one transaction with its events."""
    now = found.clock()
    with found.sessions.begin() as session:
        steps = rotate(session, found.cipher, found.settings.protocol, now, at_once=at_once)
        for step in steps:
            event = KeysRotated(purpose=f"{step.purpose}:{step.algorithm}", key_id=step.kid, step=step.step)
            audit.record(session, event, context=AuditContext(at=now, actor=actor))
    return steps
