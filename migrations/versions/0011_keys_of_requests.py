"""Key pairs that requests are encrypted to: their algorithms have longer names

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("signing_keys", schema=None) as batch_op:
        batch_op.alter_column(
            "algorithm",
            existing_type=sa.String(length=8),
            type_=sa.String(length=24),
            existing_nullable=False,
        )


def downgrade() -> None:
    op.execute("DELETE FROM signing_keys WHERE purpose = 'requests'")
    with op.batch_alter_table("signing_keys", schema=None) as batch_op:
        batch_op.alter_column(
            "algorithm",
            existing_type=sa.String(length=24),
            type_=sa.String(length=8),
            existing_nullable=False,
        )
