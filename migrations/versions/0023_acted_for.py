"""On the strength of which mandates somebody acted at a client before, in a session that goes on

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "session_acted_for",
        sa.Column("sid", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("mandate_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["sid", "client_id"],
            ["session_clients.sid", "session_clients.client_id"],
            name=op.f("fk_session_acted_for_sid"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sid", "client_id", "mandate_id", name=op.f("pk_session_acted_for")),
    )
    op.create_index(op.f("ix_session_acted_for_mandate_id"), "session_acted_for", ["mandate_id"])


def downgrade() -> None:
    op.drop_table("session_acted_for")
