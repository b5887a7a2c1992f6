"""Organisations, and a business register of our own

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("representative_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("representative_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("representative_index", sa.String(length=43), nullable=True),
        sa.Column("representative_index_next", sa.String(length=43), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("check_after", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("code", name=op.f("uq_organisations_code")),
    )
    for column in ("representative_index", "representative_index_next", "check_after"):
        op.create_index(op.f(f"ix_organisations_{column}"), "organisations", [column])
    op.create_table(
        "business_register_entries",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("representative_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("representative_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_register_entries")),
        sa.UniqueConstraint("code", name=op.f("uq_business_register_entries_code")),
    )


def downgrade() -> None:
    op.drop_table("business_register_entries")
    op.drop_table("organisations")
