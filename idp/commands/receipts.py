"""`idp receipts`: is a receipt of a face check ours, and what does it say?"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import click

from idp import settings as settings_module
from idp.commands.opening import opened
from idp.login.factors import face
from idp.oidc.claims.verifying import ReceiptRefused, Verified, verify
from idp.oidc.keys.ring import SigningKeys


@click.group()
def receipts() -> None:
    """Signed receipts of face checks."""


@receipts.command("verify")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--client", "client_id", help="For whom it must have been signed.")
@click.option("--jwks", type=click.Path(exists=True, path_type=Path), help="Public keys; default: our own.")
def verify_command(file: TextIO, client_id: str | None, jwks: Path | None) -> None:
    """Verify a receipt: a file with the JWT, or - for standard input."""
    token = file.read().strip()
    issuer = settings_module.load().issuer
    try:
        found = verify(token, json.loads(_keys(jwks)), issuer, client_id=client_id)
        lines = list(_lines(found))
    except (ReceiptRefused, ValueError) as refused:
        raise click.ClickException(f"not a receipt of {issuer}: {refused}") from None
    click.echo("\n".join(lines))


def _keys(jwks: Path | None) -> str | bytes:
    if jwks is not None:
        return jwks.read_bytes()
    with opened() as found:
        return SigningKeys(found.engine, found.cipher, found.clock).of_receipts().jwks


def _lines(found: Verified) -> Iterator[str]:
    """Raises ValueError for one that is signed and yet says something that no receipt says."""
    receipt = face.receipt_from_claims(found.receipt)
    yield f"genuine: signed {found.signed_at:%Y-%m-%dT%H:%M:%SZ} for {found.client_id}, about {found.sub}"
    matched = "nobody compared it" if receipt.matched_by is None else f"matched by {receipt.matched_by}"
    yield f"face: {'live' if receipt.live else 'not live'}, {matched}, camera {receipt.camera}"
    yield f"judged: {receipt.judged_at:%Y-%m-%dT%H:%M:%SZ}; asked: {', '.join(receipt.actions)}"
    for gate in receipt.gates:
        said = "passed" if gate.passed else f"refused ({gate.reason})"
        yield f"  {gate.name}: {gate.score} of {gate.threshold}, {said}"
    for role, sha256 in receipt.models.items():
        yield f"  {role}: sha256 {sha256}"
    if receipt.unproved:
        yield f"unproved: {', '.join(receipt.unproved)}"
    yield f"in the audit log: receipt {receipt.digest}, released with receipt_id {found.receipt_id}"
