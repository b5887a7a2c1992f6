"""Counts of the audit log by hour and by day

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "audit_counts",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("grain", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.String(length=128), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "grain", "hour", "value", name=op.f("pk_audit_counts")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("audit_counts")
