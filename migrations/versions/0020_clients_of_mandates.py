"""At which clients a mandate was used

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "mandate_clients",
        sa.Column("mandate_id", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["mandate_id"],
            ["mandates.id"],
            name=op.f("fk_mandate_clients_mandate_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("mandate_id", "client_id", name=op.f("pk_mandate_clients")),
    )


def downgrade() -> None:
    op.drop_table("mandate_clients")
