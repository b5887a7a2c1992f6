"""Logos of clients

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "client_logos",
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("uri_digest", sa.String(length=43), nullable=False),
        sa.Column("digest", sa.String(length=43), nullable=True),
        sa.Column("png", sa.LargeBinary(), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.client_id"], name=op.f("fk_client_logos_client_id")),
        sa.PrimaryKeyConstraint("client_id", "uri_digest", name=op.f("pk_client_logos")),
    )
    op.create_index(op.f("ix_client_logos_digest"), "client_logos", ["digest"])
    op.create_index(op.f("ix_client_logos_looked_at"), "client_logos", ["looked_at"])


def downgrade() -> None:
    op.drop_table("client_logos")
