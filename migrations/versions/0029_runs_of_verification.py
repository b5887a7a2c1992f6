"""Runs of the audit log's verification

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_table(
        "audit_verifications",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=128), nullable=False),
        sa.Column("unfinished", sa.SmallInteger(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.Column("dropped", sa.BigInteger(), nullable=True),
        sa.Column("heads", sa.BigInteger(), nullable=True),
        sa.Column("anchored", sa.BigInteger(), nullable=True),
        sa.Column("wrong_what", sa.String(length=16), nullable=True),
        sa.Column("wrong_begin", sa.BigInteger(), nullable=True),
        sa.Column("wrong_end", sa.BigInteger(), nullable=True),
        sa.Column("wrong_event_id", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_verifications")),
        sa.UniqueConstraint("unfinished", name=op.f("uq_audit_verifications_unfinished")),
    )
    op.create_index(op.f("ix_audit_verifications_finished_at"), "audit_verifications", ["finished_at"])


def downgrade() -> None:
    op.drop_table("audit_verifications")
