"""What is checked of apps, and the last reports

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

import idp.storage.base

revision = "0038"
down_revision = "0037"
UNDER_WAY = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    op.create_table(
        "checker_setups",
        sa.Column("app_id", sa.String(length=36), nullable=False),
        sa.Column("sign_in_url", sa.String(length=500), nullable=False),
        sa.Column("page_url", sa.String(length=500), nullable=False),
        sa.Column("marker", sa.String(length=100), nullable=False),
        sa.Column("badge_id", sa.String(length=43), nullable=False),
        sa.Column("badge_is_public", sa.Boolean(), nullable=False),
        sa.Column("token_digest", sa.String(length=43), nullable=True),
        sa.Column("token_made_at", idp.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["app_id"], ["apps.id"], name=op.f("fk_checker_setups_app_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("app_id", name=op.f("pk_checker_setups")),
        sa.UniqueConstraint("badge_id", name=op.f("uq_checker_setups_badge_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_checker_setups_token_digest")),
    )
    op.create_table(
        "checker_runs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("app_id", sa.String(length=36), nullable=False),
        sa.Column("by", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("made_at", idp.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("begun_at", idp.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", idp.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("failure", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["app_id"], ["apps.id"], name=op.f("fk_checker_runs_app_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checker_runs")),
    )
    op.create_index("ix_checker_runs_app_id", "checker_runs", ["app_id"])
    op.create_index("ix_checker_runs_state", "checker_runs", ["state"])
    op.create_index(
        "uq_checker_runs_under_way",
        "checker_runs",
        ["app_id"],
        unique=True,
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )


def downgrade() -> None:
    op.drop_table("checker_runs")
    op.drop_table("checker_setups")
