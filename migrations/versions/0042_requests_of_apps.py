"""What teams ask of whoever approves their apps

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op

import idp.storage.base

revision = "0042"
down_revision = "0041"

OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "app_requests",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("app_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("asked_by", sa.String(length=36), nullable=False),
        sa.Column("asked_at", idp.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", idp.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("granted", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["app_id"], ["apps.id"], name=op.f("fk_app_requests_app_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_app_requests_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_requests")),
    )
    op.create_index("ix_app_requests_app_id", "app_requests", ["app_id"])
    op.create_index("ix_app_requests_state", "app_requests", ["state"])
    op.create_index(
        "uq_app_requests_open",
        "app_requests",
        ["app_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_table("app_requests")
