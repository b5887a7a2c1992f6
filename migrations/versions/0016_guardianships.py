"""Who cares for whom, in a population register of our own

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "register_guardianships",
        sa.Column("guardian_id", sa.String(length=36), nullable=False),
        sa.Column("ward_id", sa.String(length=36), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["guardian_id"],
            ["register_entries.id"],
            name=op.f("fk_register_guardianships_guardian_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ward_id"], ["register_entries.id"], name=op.f("fk_register_guardianships_ward_id")
        ),
        sa.PrimaryKeyConstraint("guardian_id", "ward_id", name=op.f("pk_register_guardianships")),
    )


def downgrade() -> None:
    op.drop_table("register_guardianships")
