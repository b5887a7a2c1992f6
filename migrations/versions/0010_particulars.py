"""What was agreed to in detail: with the consent, and with a grant of offline access

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
COLUMNS = (("consents", "particulars", sa.JSON(), "{}"), ("offline_grants", "details", sa.Text(), ""))


def upgrade() -> None:
    for table, column, kind, nothing in COLUMNS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column(column, kind, nullable=False, server_default=nothing))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, server_default=None)


def downgrade() -> None:
    for table, column, _kind, _nothing in reversed(COLUMNS):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column)
