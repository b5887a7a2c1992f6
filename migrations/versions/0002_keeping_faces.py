"""Keeping faces: templates and evidence, each with its own consent

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Every consent so far was to a check; the default is for those rows alone.
    with op.batch_alter_table("face_consents", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("purpose", sa.String(length=16), nullable=False, server_default="check")
        )
    with op.batch_alter_table("face_consents", schema=None) as batch_op:
        batch_op.alter_column("purpose", server_default=None)

    op.create_table(
        "face_templates",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("consent_id", sa.String(length=36), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("vector_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delete_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["face_consents.id"], name=op.f("fk_face_templates_consent_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_face_templates_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_face_templates")),
    )
    with op.batch_alter_table("face_templates", schema=None) as batch_op:
        batch_op.create_index("ix_face_templates_delete_at", ["delete_at"], unique=False)
        batch_op.create_index("ix_face_templates_model", ["model"], unique=False)

    op.create_table(
        "face_evidence",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("consent_id", sa.String(length=36), nullable=False),
        sa.Column("frames_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delete_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["face_consents.id"], name=op.f("fk_face_evidence_consent_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_face_evidence_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_face_evidence")),
    )
    with op.batch_alter_table("face_evidence", schema=None) as batch_op:
        batch_op.create_index("ix_face_evidence_delete_at", ["delete_at"], unique=False)
        batch_op.create_index("ix_face_evidence_person_id", ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("face_evidence", schema=None) as batch_op:
        batch_op.drop_index("ix_face_evidence_person_id")
        batch_op.drop_index("ix_face_evidence_delete_at")

    op.drop_table("face_evidence")
    with op.batch_alter_table("face_templates", schema=None) as batch_op:
        batch_op.drop_index("ix_face_templates_model")
        batch_op.drop_index("ix_face_templates_delete_at")

    op.drop_table("face_templates")
    # Without its purpose a consent to be kept would be taken for one to a check.
    op.execute("DELETE FROM face_consents WHERE purpose <> 'check'")
    with op.batch_alter_table("face_consents", schema=None) as batch_op:
        batch_op.drop_column("purpose")
