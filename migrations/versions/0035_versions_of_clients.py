"""Versions of registrations: each whole, with who made it and when

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

import idp.storage.base

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.create_table(
        "client_versions",
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", idp.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=16), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=True),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("undone_to", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.client_id"],
            name=op.f("fk_client_versions_client_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client_id", "number", name=op.f("pk_client_versions")),
    )
    # What stands is where the history begins: the first change can be undone.
    op.execute(
        "INSERT INTO client_versions (client_id, number, at, actor_kind, metadata, changed) "
        "SELECT client_id, 1, updated_at, "
        "CASE WHEN registration_mac IS NULL THEN 'operator' ELSE 'client' END, metadata, '[]' FROM clients"
    )


def downgrade() -> None:
    op.drop_table("client_versions")
