"""`idp migrate`: the tables of this version, by Alembic, on SQLite and PostgreSQL alike."""

from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from idp import settings as settings_module
from idp.settings import ROOT, Settings
from idp.storage.database import open_database


def migrate_to(engine: Engine, revision: str = "head") -> None:
    """Up, or down when the revision lies behind; each migration in a transaction of its own."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["engine"] = engine
    config.attributes["silent"] = True
    if revision == "base" or revision in _behind(engine, config):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def _behind(engine: Engine, config: Config) -> set[str]:
    """The revisions that the database has left behind."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current is None:
        return set()
    script = ScriptDirectory.from_config(config)
    return {one.revision for one in script.iterate_revisions(current, "base")} - {current}


def open_main_database(settings: Settings) -> Engine:
    """The main database; for SQLite its folder is made."""
    url = settings.database_url(settings.database.url)
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return open_database(url)


@click.command()
@click.option("--to", "revision", default="head", show_default=True, help="A revision, head or base.")
def migrate(revision: str) -> None:
    """Bring the database to this version's tables."""
    migrate_to(open_main_database(settings_module.load()), revision)
    click.echo(f"The database is at {revision}.")
