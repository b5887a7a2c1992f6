"""At which clients a session was used, to be told when it ends

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "session_clients",
        sa.Column("sid", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["sid"], ["browser_sessions.sid"], name=op.f("fk_session_clients_sid")),
        sa.PrimaryKeyConstraint("sid", "client_id", name=op.f("pk_session_clients")),
    )


def downgrade() -> None:
    op.drop_table("session_clients")
