"""`idp settings`: does the program accept what it is given?"""

import click

from idp import settings as settings_module
from idp.business.licences.opening import configured_authorities, configured_roots
from idp.business.licences.roots import RootsWrong
from idp.detection import opening as detection
from idp.documentation import opening as documentation
from idp.extensions import load_master_keys
from idp.settings import SettingsWrong


@click.group()
def settings() -> None:
    """Check the settings and say what is wrong."""


@settings.command()
def check() -> None:
    """Exit 0 when the provider would start with these settings."""
    found = settings_module.load()
    load_master_keys(found)
    try:
        configured_roots(found)
        configured_authorities(found)
    except RootsWrong as wrong:
        raise SettingsWrong(f"licences.roots: {wrong}") from None
    detection.check(found)
    documentation.check(found)
    click.echo(f"{found.mode}, issuer {found.issuer}: the settings are good.")
