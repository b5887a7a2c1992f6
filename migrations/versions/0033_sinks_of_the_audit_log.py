"""Sinks of the audit log: who gives to them, and what went wrong last

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

import idp.storage.base

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.create_table(
        "audit_sinks",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("held_until", idp.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("given_at", idp.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", idp.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_audit_sinks")),
    )


def downgrade() -> None:
    op.drop_table("audit_sinks")
