"""Whom clients may ask by the back channel, by the `sub` that they know

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "known_subjects",
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("sub_index", sa.String(length=43), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_known_subjects_person_id")),
        sa.PrimaryKeyConstraint("client_id", "sub_index", name=op.f("pk_known_subjects")),
    )
    op.create_index(op.f("ix_known_subjects_person_id"), "known_subjects", ["person_id"])


def downgrade() -> None:
    op.drop_table("known_subjects")
