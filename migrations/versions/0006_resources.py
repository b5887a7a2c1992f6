"""Resource servers, and for which resources a grant with offline access is

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "client_resources",
        sa.Column("uri", sa.String(length=512), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.client_id"], name=op.f("fk_client_resources_client_id")
        ),
        sa.PrimaryKeyConstraint("uri", name=op.f("pk_client_resources")),
    )
    with op.batch_alter_table("offline_grants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("resources", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("offline_grants", schema=None) as batch_op:
        batch_op.alter_column("resources", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("offline_grants", schema=None) as batch_op:
        batch_op.drop_column("resources")
    op.drop_table("client_resources")
