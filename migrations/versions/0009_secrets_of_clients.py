"""Secrets of clients that make MACs with them

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.add_column(sa.Column("secret_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    # Without its secret a client with client_secret_jwt proves nothing; `idp clients secret` makes another.
    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.drop_column("secret_sealed")
