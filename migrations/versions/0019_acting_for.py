"""For whom people act: at which clients of a session, and in which grants

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

INDEXED = (("session_clients", "acting_for"), ("offline_grants", "mandate_id"))


def upgrade() -> None:
    op.add_column("session_clients", sa.Column("acting_for", sa.String(length=36), nullable=True))
    op.add_column("session_clients", sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("offline_grants", sa.Column("mandate_id", sa.String(length=36), nullable=True))
    for table, column in INDEXED:
        # Nearly all rows are of people who act as themselves.
        acting = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            op.f(f"ix_{table}_{column}"), table, [column], sqlite_where=acting, postgresql_where=acting
        )


def downgrade() -> None:
    for table, column in INDEXED:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
    op.drop_column("offline_grants", "mandate_id")
    op.drop_column("session_clients", "chosen_at")
    op.drop_column("session_clients", "acting_for")
