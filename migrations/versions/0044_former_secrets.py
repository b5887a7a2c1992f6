"""Secrets that a client had: which one a program still sends

Revision ID: 0044
Revises: 0043
"""

import sqlalchemy as sa
from alembic import op

import idp.storage.base

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.create_table(
        "client_secrets_former",
        sa.Column("mac", sa.String(length=43), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("was_revoked", sa.Boolean(), nullable=False),
        sa.Column("ended_at", idp.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.client_id"],
            name=op.f("fk_client_secrets_former_client_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("mac", name=op.f("pk_client_secrets_former")),
    )
    op.create_index(op.f("ix_client_secrets_former_client_id"), "client_secrets_former", ["client_id"])
    op.create_index(op.f("ix_client_secrets_former_ended_at"), "client_secrets_former", ["ended_at"])


def downgrade() -> None:
    op.drop_table("client_secrets_former")
