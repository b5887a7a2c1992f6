"""Mandates, invitations to one, what organisations ask of those who accept; how long a register is trusted

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

LIVE = sa.text("ended_at IS NULL")
LIVE_OF_REPRESENTATIVE = sa.text("ended_at IS NULL AND role = 'legal_representative'")


def upgrade() -> None:
    with op.batch_alter_table("organisations") as table:
        table.add_column(sa.Column("trusted_until", sa.DateTime(timezone=True), nullable=True))
    # Whoever was known before is asked about at once.
    op.execute("UPDATE organisations SET trusted_until = checked_at, check_after = checked_at")
    with op.batch_alter_table("organisations") as table:
        table.alter_column("trusted_until", nullable=False, existing_type=sa.DateTime(timezone=True))
    make_mandates()
    make_invitations()
    op.create_table(
        "organisation_rules",
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("acceptance_level", sa.SmallInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=36), nullable=False),
        *references("organisation_rules", organisation_id="organisations.id", changed_by="people.id"),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_organisation_rules")),
    )


def make_mandates() -> None:
    op.create_table(
        "mandates",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=True),
        sa.Column("principal_id", sa.String(length=36), nullable=True),
        sa.Column("parent_id", sa.String(length=36), nullable=True),
        sa.Column("granted_by", sa.String(length=36), nullable=True),
        sa.Column("matters", sa.JSON(), nullable=False),
        sa.Column("may_pass_on", sa.Boolean(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=36), nullable=True),
        sa.Column("ended_reason", sa.String(length=32), nullable=True),
        *references(
            "mandates",
            person_id="people.id",
            organisation_id="organisations.id",
            principal_id="people.id",
            parent_id="mandates.id",
            granted_by="people.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandates")),
    )
    for column in ("person_id", "organisation_id", "principal_id", "parent_id", "expires_at", "ended_at"):
        op.create_index(op.f(f"ix_mandates_{column}"), "mandates", [column])
    unique_where("mandates", "uq_mandates_live_below", ["parent_id", "person_id"], LIVE)
    unique_where("mandates", "uq_mandates_live_for_person", ["principal_id", "person_id", "role"], LIVE)
    unique_where("mandates", "uq_mandates_live_representative", ["organisation_id"], LIVE_OF_REPRESENTATIVE)


def make_invitations() -> None:
    op.create_table(
        "mandate_invitations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=True),
        sa.Column("principal_id", sa.String(length=36), nullable=True),
        sa.Column("parent_id", sa.String(length=36), nullable=True),
        sa.Column("invited_by", sa.String(length=36), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("number_index", sa.String(length=43), nullable=True),
        sa.Column("number_index_next", sa.String(length=43), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("matters", sa.JSON(), nullable=False),
        sa.Column("may_pass_on", sa.Boolean(), nullable=False),
        sa.Column("mandate_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=16), nullable=True),
        sa.Column("mandate_id", sa.String(length=36), nullable=True),
        *references(
            "mandate_invitations",
            organisation_id="organisations.id",
            principal_id="people.id",
            parent_id="mandates.id",
            invited_by="people.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate_invitations")),
    )
    indexed = ("organisation_id", "principal_id", "parent_id", "invited_by")
    for column in (*indexed, "number_index", "number_index_next", "expires_at", "answered_at"):
        op.create_index(op.f(f"ix_mandate_invitations_{column}"), "mandate_invitations", [column])


def references(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [target], name=op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
        )
        for column, target in targets.items()
    ]


def unique_where(table: str, name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_table("organisation_rules")
    op.drop_table("mandate_invitations")
    op.drop_table("mandates")
    with op.batch_alter_table("organisations") as table:
        table.drop_column("trusted_until")
