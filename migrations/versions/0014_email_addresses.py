"""E-mail addresses of people

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("people", sa.Column("email_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("people", sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("people", "email_confirmed_at")
    op.drop_column("people", "email_sealed")
