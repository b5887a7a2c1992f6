"""Which sessions were opened by the licence of which organisation

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

INDEX = "ix_browser_sessions_licence_of"


def upgrade() -> None:
    op.add_column("browser_sessions", sa.Column("licence_of", sa.String(length=36), nullable=True))
    # Nearly all sessions are of people who came without a licence.
    licensed = sa.text("licence_of IS NOT NULL")
    op.create_index(
        INDEX, "browser_sessions", ["licence_of"], sqlite_where=licensed, postgresql_where=licensed
    )


def downgrade() -> None:
    op.drop_index(INDEX, "browser_sessions")
    op.drop_column("browser_sessions", "licence_of")
