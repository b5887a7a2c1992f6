"""`idp settings`: does the program accept what it is given?"""

import click

from idp import settings as settings_module
from idp.extensions import load_master_keys


@click.group()
def settings() -> None:
    """Check the settings and say what is wrong."""


@settings.command()
def check() -> None:
    """Exit 0 when the provider would start with these settings."""
    found = settings_module.load()
    load_master_keys(found)
    click.echo(f"{found.mode}, issuer {found.issuer}: the settings are good.")
