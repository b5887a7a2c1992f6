"""What the operator allows single clients, and what clients used by the hour

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.create_table(
        "client_limits",
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("limit_class", sa.String(length=32), nullable=True),
        sa.Column("requests_per_minute", sa.Integer(), nullable=True),
        sa.Column("sign_ins_per_day", sa.Integer(), nullable=True),
        sa.Column("messages_per_day", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.client_id"], name=op.f("fk_client_limits_client_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client_limits")),
    )
    op.create_table(
        "client_usage",
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "hour", "measure", name=op.f("pk_client_usage")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_client_usage_hour"), "client_usage", ["hour"])


def downgrade() -> None:
    op.drop_table("client_usage")
    op.drop_table("client_limits")
