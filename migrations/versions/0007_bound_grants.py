"""The key that a public client's grant with offline access is bound to

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    with op.batch_alter_table("offline_grants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmation", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("offline_grants", schema=None) as batch_op:
        batch_op.alter_column("confirmation", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("offline_grants", schema=None) as batch_op:
        batch_op.drop_column("confirmation")
