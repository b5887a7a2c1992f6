"""Alembic's environment: the engine is handed in, the tables are those of `idp.models`."""

from alembic import context

from idp.models import metadata
from idp.storage.base import UtcDateTime


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Migrations say what the database stores; they do not import the product's types."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


with context.config.attributes["engine"].begin() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=render_item,
        transaction_per_migration=False,
    )
    context.run_migrations()
