"""Clients whose requests their team looks at

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op

import idp.storage.base

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.create_table(
        "client_watches",
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("until", idp.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.client_id"], name=op.f("fk_client_watches_client_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client_watches")),
    )


def downgrade() -> None:
    op.drop_table("client_watches")
