"""Teams of developers, their members and invitations, and their apps

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
PERSONAL = sa.text("organisation_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_teams_organisation_id")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_teams_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_teams_organisation_id")),
    )
    op.create_index(
        "uq_teams_personal",
        "teams",
        ["created_by"],
        unique=True,
        sqlite_where=PERSONAL,
        postgresql_where=PERSONAL,
    )
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_team_members_person_id")),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_team_members_added_by")),
        sa.PrimaryKeyConstraint("team_id", "person_id", name=op.f("pk_team_members")),
    )
    op.create_index(op.f("ix_team_members_person_id"), "team_members", ["person_id"])
    op.create_table(
        "team_invitations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=43), nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_invitations_team_id")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_team_invitations_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_invitations")),
        sa.UniqueConstraint("digest", name=op.f("uq_team_invitations_digest")),
    )
    op.create_index(op.f("ix_team_invitations_team_id"), "team_invitations", ["team_id"])
    op.create_index(op.f("ix_team_invitations_expires_at"), "team_invitations", ["expires_at"])
    op.create_table(
        "apps",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_apps_team_id")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.client_id"], name=op.f("fk_apps_client_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_apps_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_apps")),
        sa.UniqueConstraint("client_id", name=op.f("uq_apps_client_id")),
    )
    op.create_index(op.f("ix_apps_team_id"), "apps", ["team_id"])
    op.add_column("initial_access_tokens", sa.Column("team_id", sa.String(length=36), nullable=True))
    op.add_column("initial_access_tokens", sa.Column("made_by", sa.String(length=36), nullable=True))
    op.create_index(op.f("ix_initial_access_tokens_team_id"), "initial_access_tokens", ["team_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_initial_access_tokens_team_id"), "initial_access_tokens")
    op.drop_column("initial_access_tokens", "made_by")
    op.drop_column("initial_access_tokens", "team_id")
    op.drop_table("apps")
    op.drop_table("team_invitations")
    op.drop_table("team_members")
    op.drop_table("teams")
