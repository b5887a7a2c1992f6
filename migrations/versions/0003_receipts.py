"""Receipts: keys of their own, and when a person's data were last found in the register

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # Every key so far was for tokens; the default is for those rows alone.
    with op.batch_alter_table("signing_keys", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("purpose", sa.String(length=8), nullable=False, server_default="tokens")
        )
        batch_op.alter_column("private_sealed", existing_type=sa.LargeBinary(), nullable=True)
    with op.batch_alter_table("signing_keys", schema=None) as batch_op:
        batch_op.alter_column("purpose", server_default=None)
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))
    # The log says when each account became verified; one that it does not know says nothing of the time.
    op.execute(
        "UPDATE people SET verified_at = (SELECT max(audit_events.at) FROM audit_events"
        " WHERE audit_events.person_id = people.id"
        " AND audit_events.name IN ('person_enrolled', 'level_raised')) WHERE level >= 2"
    )


def downgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("verified_at")
    # A key without its private part, or of another kind, would be taken for one of tokens.
    op.execute("DELETE FROM signing_keys WHERE purpose <> 'tokens'")
    with op.batch_alter_table("signing_keys", schema=None) as batch_op:
        batch_op.alter_column("private_sealed", existing_type=sa.LargeBinary(), nullable=False)
        batch_op.drop_column("purpose")
