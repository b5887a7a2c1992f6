"""People of a sandbox who were made for one visitor

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
from alembic import op

import idp.storage.base

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.create_table(
        "sandbox_people",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("register_id", sa.String(length=36), nullable=False),
        sa.Column("made_at", idp.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", idp.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sandbox_people_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_sandbox_people")),
    )
    op.create_index(op.f("ix_sandbox_people_used_at"), "sandbox_people", ["used_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_sandbox_people_used_at"), "sandbox_people")
    op.drop_table("sandbox_people")
