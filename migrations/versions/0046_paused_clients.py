"""That a team has stopped its app, apart from who else has

Revision ID: 0046
Revises: 0045
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    op.add_column("clients", sa.Column("is_paused", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE clients SET is_paused = (status = 'paused')")


def downgrade() -> None:
    op.drop_column("clients", "is_paused")
