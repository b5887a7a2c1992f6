"""`idp licence`: is an electronic business licence good here, and if not, by which rule?"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from idp.business.licences.algorithms import OF_CHALLENGES
from idp.business.licences.checking import Presented, Proof
from idp.business.licences.findings import Examination
from idp.business.licences.opening import Licences, open_licences
from idp.business.licences.roots import RootsWrong
from idp.commands.opening import opened
from idp.extensions import Services
from idp.people import directory

PURPOSE = "check"
INTERACTION = "command line"
"""What this command asks for a signature of is good for this command alone."""

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def licence() -> None:
    """Electronic business licences."""


@licence.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Default: standard output.")
def challenge(out: Path | None) -> None:
    """Make a challenge for `idp licence check`: sign its bytes as they are."""
    with opened() as found:
        text = _licences(found).challenges.issue(PURPOSE, INTERACTION, found.clock()).text
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_bytes(text)


@licence.command()
@click.option("--certificate", required=True, type=EXISTING, help="The licence, in PEM or DER.")
@click.option("--chain", type=EXISTING, help="Certificates of the authorities above it.")
@click.option("--signature", type=EXISTING, help="Over the challenge: DER, or RSA's bytes.")
@click.option("--challenge", "challenge_file", type=EXISTING, help="As `idp licence challenge` made it.")
@click.option("--algorithm", type=click.Choice(sorted(OF_CHALLENGES)), help="Default: by the kind of key.")
def check(
    certificate: Path,
    chain: Path | None,
    signature: Path | None,
    challenge_file: Path | None,
    algorithm: str | None,
) -> None:
    """Ask every rule of a licence, and say which hold. A challenge is used up by it."""
    if (signature is None) != (challenge_file is None):
        raise click.UsageError("--signature and --challenge belong together")
    proof = None
    if signature is not None and challenge_file is not None:
        proof = Proof(challenge_file.read_bytes(), signature.read_bytes(), algorithm)
    presented = Presented(certificate.read_bytes(), chain.read_bytes() if chain else None, proof)
    with opened() as found:
        examination = _examined(_licences(found), presented, found.clock())
    click.echo("\n".join(_lines(examination)))
    if examination.refused is not None:
        raise SystemExit(1)


def _licences(found: Services) -> Licences:
    try:
        licences = open_licences(found.settings, found.store, found.business_register)
    except RootsWrong as wrong:
        raise click.ClickException(f"licences.roots: {wrong}") from None
    if licences is None:
        raise click.ClickException(
            "no roots: set licences.roots, or make a licence with `idp sandbox licence`"
        )
    return licences


def _examined(licences: Licences, presented: Presented, now: datetime) -> Examination:
    def redeem(text: bytes) -> None:
        licences.challenges.redeem(text, PURPOSE, INTERACTION, now)

    return licences.checker.examine(presented, redeem, now=now, today=directory.day_in_china(now))


def _lines(examination: Examination) -> Iterator[str]:
    for one in examination.outcomes:
        yield f"holds    {one.rule}" if one.reason is None else f"REFUSED  {one.rule}: {one.reason}"
    found = examination.licence
    if found is not None:
        held = found.subject.holder.number.masked
        yield f"licence of {found.subject.code.masked}, held by {held}, level {found.level}"
        yield f"key {found.certificate.public_key.name}, certificate sha256 {found.certificate.fingerprint}"
        if not found.revocation_is_known:
            yield "nobody could say whether it was revoked"
    elif examination.refused is None:
        yield "the certificate is good; nothing was signed, so nobody has shown that they hold its key"
