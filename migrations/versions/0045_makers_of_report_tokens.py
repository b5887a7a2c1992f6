"""Who made the token by which reports of checks are brought: it ends with their place in the team

Revision ID: 0045
Revises: 0044
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    # Of those that there are nobody knows who made them: they are made anew.
    op.execute("UPDATE checker_setups SET token_digest = NULL, token_made_at = NULL")
    with op.batch_alter_table("checker_setups") as table:
        table.add_column(sa.Column("token_made_by", sa.String(length=36), nullable=True))
        table.create_foreign_key(op.f("fk_checker_setups_token_made_by"), "people", ["token_made_by"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("checker_setups") as table:
        table.drop_constraint(op.f("fk_checker_setups_token_made_by"), type_="foreignkey")
        table.drop_column("token_made_by")
