"""`idp sandbox`: electronic licences for trying, where no real authority takes part; and traffic."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from idp.business import credit_code
from idp.business.credit_code import CreditCode, InvalidCode
from idp.business.licences.algorithms import OF_CHALLENGES
from idp.business.licences.carriers import read_certificates
from idp.business.licences.challenges import read_challenge
from idp.business.licences.refusals import LicenceRefused
from idp.business.licences.sandbox.authority import authority_of, make_authority
from idp.business.licences.sandbox.keys import KINDS, from_pem
from idp.business.registry.contract import RegisteredOrganisation
from idp.business.sandbox import population as organisations
from idp.commands.opening import opened
from idp.commands.sandbox_test_token import test_token_command
from idp.commands.sandbox_traffic import traffic_command
from idp.crypto.master_key import write_new
from idp.extensions import Services
from idp.people import directory, documents
from idp.people.documents import IdentityDocument
from idp.people.resident_number import InvalidNumber

CERTIFICATE, CHAIN, KEY, SIGNATURE = "licence.pem", "chain.pem", "licence.key", "signature.bin"
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def sandbox() -> None:
    """Licences for trying, from the sandbox's authorities; made-up traffic for the audit log."""


sandbox.add_command(traffic_command)
sandbox.add_command(test_token_command)


@contextmanager
def _opened() -> Iterator[Services]:
    with opened() as found:
        if not found.settings.sandbox:
            raise click.ClickException("this is not a sandbox")
        yield found


@sandbox.command("licence")
@click.argument("code")
@click.option("--algorithm", type=click.Choice(KINDS), default="sm2", show_default=True)
@click.option("--holder", help="The number of a person of the sandbox. Default: the legal representative's.")
@click.option("--organisation", help="The name on the certificate. Default: the sandbox's own of it.")
@click.option("--hardware", is_flag=True, help="Let it say that its key is in hardware: level 4.")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path))
def issue(
    code: str, algorithm: str, holder: str | None, organisation: str | None, hardware: bool, out: Path
) -> None:
    """Issue a licence for an organisation of the sandbox: licence.pem, chain.pem and licence.key."""
    with _opened() as found:
        settings, now = found.settings, found.clock()
        read_code = _code(code)
        registered = _registered(read_code, found)
        if holder is None:
            holder = registered.representative.number if registered and registered.representative else None
        if holder is None:
            raise click.ClickException("the sandbox names no legal representative of it: give --holder")
        person = _person(holder, found)
        if organisation is None:
            organisation = registered.name if registered else "Sandbox organisation"
        directory_ = settings.path(settings.data_directory)
        authority = make_authority(directory_, algorithm, settings.issuer, now)
        made = authority.issue(read_code, person, organisation=organisation, hardware=hardware, now=now)
    for name, text in ((CERTIFICATE, made.certificate), (CHAIN, made.chain), (KEY, made.key)):
        if not write_new(out / name, text):
            raise click.ClickException(f"{out / name} is there already")
    click.echo(f"{out}: a licence of {read_code.masked}, {algorithm}; its lists are at {settings.issuer}")


@sandbox.command("sign-challenge")
@click.argument("licence", type=FOLDER)
@click.option("--challenge", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--algorithm", type=click.Choice(sorted(OF_CHALLENGES)), help="Default: by the kind of key.")
def sign_challenge(licence: Path, challenge: Path, algorithm: str | None) -> None:
    """Sign a challenge with the key of a licence in its folder; writes signature.bin there."""
    text = challenge.read_bytes()
    try:
        read_challenge(text)
        key = from_pem((licence / KEY).read_text("ascii"))
        signature = key.sign(text, OF_CHALLENGES[algorithm] if algorithm else None)
    except (LicenceRefused, ValueError) as problem:
        raise click.ClickException(str(problem)) from None
    (licence / SIGNATURE).write_bytes(signature)


@sandbox.command("revoke-licence")
@click.argument("licence", type=FOLDER)
def revoke(licence: Path) -> None:
    """Put a licence of the sandbox on its authority's list."""
    certificate, *_others = read_certificates((licence / CERTIFICATE).read_bytes())
    with _opened() as found:
        settings = found.settings
        kind = certificate.public_key.name.partition("-")[0]
        authority = authority_of(settings.path(settings.data_directory), kind, settings.issuer)
        if authority is None:
            raise click.ClickException("not a licence of this sandbox")
        authority.revoke(certificate.serial_number, found.clock())
    click.echo("revoked; a provider that has looked the list up lately learns of it when that has run out")


def _code(text: str) -> CreditCode:
    try:
        code = credit_code.parse(text)
    except InvalidCode as invalid:
        raise click.ClickException(f"not a credit code: {invalid.reason}") from None
    if not code.is_sandbox:
        raise click.ClickException("not a code of the sandbox: see `idp business sandbox`")
    return code


def _registered(code: CreditCode, found: Services) -> RegisteredOrganisation | None:
    """None: a code that the sandbox could have, and has not."""
    everybody = organisations.population(directory.day_in_china(found.clock()))
    return next((one.registered for one in everybody if one.code == code), None)


def _person(number: str, found: Services) -> IdentityDocument:
    try:
        person = documents.identify(number, directory.day_in_china(found.clock()))
    except InvalidNumber as invalid:
        raise click.ClickException(f"not a number: {invalid.reason}") from None
    if not person.number.is_sandbox:
        raise click.ClickException("not the number of a person of the sandbox")
    return person
