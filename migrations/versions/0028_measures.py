"""Measures of the security staff, and what they are carried out by

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

MOMENT = sa.DateTime(timezone=True)
UNFINISHED = sa.text("state IN ('waiting', 'working')")


def upgrade() -> None:
    op.create_table(
        "measures",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("agreed_by", sa.String(length=64), nullable=True),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("lasts_seconds", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=64), nullable=True),
        sa.Column("ending", sa.JSON(), nullable=False),
        sa.Column("sessions_ended", sa.Integer(), nullable=False),
        sa.Column("grants_ended", sa.Integer(), nullable=False),
        sa.Column("notices", sa.Integer(), nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.Column("undone_reason", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_measures_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures")),
    )
    op.create_index("ix_measures_subject", "measures", ["subject_kind", "subject"])
    op.create_index(
        "ix_measures_unfinished",
        "measures",
        ["state"],
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )
    op.create_index(op.f("ix_measures_person_id"), "measures", ["person_id"])
    op.create_index(op.f("ix_measures_case_id"), "measures", ["case_id"])
    op.create_table(
        "address_blocks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("network", sa.String(length=43), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_blocks")),
    )
    op.create_index(op.f("ix_address_blocks_until"), "address_blocks", ["until"])
    op.create_table(
        "watched_notices",
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("cause", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_watched_notices")),
    )
    op.create_index(op.f("ix_watched_notices_cause"), "watched_notices", ["cause"])
    op.create_index(op.f("ix_watched_notices_made_at"), "watched_notices", ["made_at"])
    op.add_column("browser_sessions", sa.Column("opened_from", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_browser_sessions_opened_from"), "browser_sessions", ["opened_from"])
    op.create_index(op.f("ix_session_clients_client_id"), "session_clients", ["client_id"])
    op.create_index(op.f("ix_offline_grants_client_id"), "offline_grants", ["client_id"])
    op.add_column("organisations", sa.Column("frozen_at", MOMENT, nullable=True))
    op.add_column("clients", sa.Column("ended_before", MOMENT, nullable=True))


def downgrade() -> None:
    op.drop_column("clients", "ended_before")
    op.drop_column("organisations", "frozen_at")
    op.drop_index(op.f("ix_offline_grants_client_id"), "offline_grants")
    op.drop_index(op.f("ix_session_clients_client_id"), "session_clients")
    op.drop_index(op.f("ix_browser_sessions_opened_from"), "browser_sessions")
    op.drop_column("browser_sessions", "opened_from")
    for table in ("watched_notices", "address_blocks", "measures"):
        op.drop_table(table)
