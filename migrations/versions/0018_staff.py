"""Staff: accounts, passkeys, sessions, and changes that take two

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "staff_accounts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("staff_number", sa.String(length=32), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("office", sa.String(length=100), nullable=False),
        sa.Column("window", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("own_number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("own_number_index", sa.String(length=43), nullable=False),
        sa.Column("own_number_index_next", sa.String(length=43), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("activation_digest", sa.String(length=43), nullable=True),
        sa.Column("activation_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_accounts")),
        sa.UniqueConstraint("staff_number", name=op.f("uq_staff_accounts_staff_number")),
        sa.UniqueConstraint("own_number_index", name=op.f("uq_staff_accounts_own_number_index")),
        sa.UniqueConstraint("own_number_index_next", name=op.f("uq_staff_accounts_own_number_index_next")),
    )
    _of_staff(
        "staff_passkeys",
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=False),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("credential_id", name=op.f("uq_staff_passkeys_credential_id")),
    )
    _of_staff(
        "staff_sessions",
        sa.Column("secret_digest", sa.String(length=43), nullable=False),
        sa.Column("browser", sa.String(length=43), nullable=False),
        sa.Column("methods", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_staff_sessions_secret_digest")),
        key="sid",
    )
    _of_staff(
        "staff_changes",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
    )
    for table in ("staff_sessions", "staff_changes"):
        op.create_index(op.f(f"ix_{table}_expires_at"), table, ["expires_at"])


def _of_staff(table: str, *columns: sa.schema.SchemaItem, key: str = "id") -> None:
    op.create_table(
        table,
        sa.Column(key, sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["staff_id"], ["staff_accounts.id"], name=op.f(f"fk_{table}_staff_id")),
        sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_staff_id"), table, ["staff_id"])


def downgrade() -> None:
    for table in ("staff_changes", "staff_sessions", "staff_passkeys", "staff_accounts"):
        op.drop_table(table)
