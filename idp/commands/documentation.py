"""`idp docs`: keep this version of the documentation, to be shown beside later ones."""

import json
from pathlib import Path

import click

from idp import settings as settings_module
from idp.documentation.opening import current_edition
from idp.oidc.endpoints import discovery


@click.group()
def docs() -> None:
    """The documentation at /docs."""


@docs.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def pack(folder: Path) -> None:
    """Write this version into FOLDER, which a later one names as `documentation.bundles_directory`."""
    found = settings_module.load()
    edition = current_edition(found.issuer, discovery.document(found.issuer, found.protocol))
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{edition.version}.json"
    file.write_text(json.dumps(edition.to_json(), ensure_ascii=False), "utf-8")
    click.echo(f"{file}: {len(edition.paths)} pages of version {edition.version}.")
