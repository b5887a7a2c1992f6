"""Who was in a team: they do not decide on its apps

Revision ID: 0043
Revises: 0042
"""

import sqlalchemy as sa
from alembic import op

import idp.storage.base

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.create_table(
        "team_former_members",
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("left_at", idp.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_former_members_team_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_team_former_members_person_id")),
        sa.PrimaryKeyConstraint("team_id", "person_id", name=op.f("pk_team_former_members")),
    )


def downgrade() -> None:
    op.drop_table("team_former_members")
