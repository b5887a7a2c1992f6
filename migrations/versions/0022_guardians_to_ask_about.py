"""Find the guardians whom the register was not asked about for longest

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

LIVE_OF_GUARDIAN = sa.text("ended_at IS NULL AND role = 'guardian'")


def upgrade() -> None:
    op.create_index(
        "ix_mandates_guardians",
        "mandates",
        ["confirmed_at", "id"],
        sqlite_where=LIVE_OF_GUARDIAN,
        postgresql_where=LIVE_OF_GUARDIAN,
    )


def downgrade() -> None:
    op.drop_index("ix_mandates_guardians", "mandates")
