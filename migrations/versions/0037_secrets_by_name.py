"""Several secrets a client, each with a name, an end and the day of its last use

Those that there are stay what they were: their MACs and what is sealed are bound to the client, not to the
row.

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

import idp.storage.base
from idp.storage.base import new_id

revision = "0037"
down_revision = "0036"

SECRETS = sa.table(
    "client_secrets",
    sa.column("id", sa.String),
    sa.column("client_id", sa.String),
    sa.column("label", sa.String),
    sa.column("mac", sa.String),
    sa.column("secret_sealed", sa.LargeBinary),
    sa.column("made_by_kind", sa.String),
    sa.column("created_at", idp.storage.base.UtcDateTime(timezone=True)),
    sa.column("expires_at", idp.storage.base.UtcDateTime(timezone=True)),
)
CLIENTS = sa.table(
    "clients",
    sa.column("client_id", sa.String),
    sa.column("secret_mac", sa.String),
    sa.column("secret_sealed", sa.LargeBinary),
    sa.column("registration_mac", sa.String),
    sa.column("created_at", idp.storage.base.UtcDateTime(timezone=True)),
)


def upgrade() -> None:
    op.create_table(
        "client_secrets",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("mac", sa.String(length=43), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_by_kind", sa.String(length=16), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=True),
        sa.Column("created_at", idp.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", idp.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("warned_at", idp.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.client_id"],
            name=op.f("fk_client_secrets_client_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_secrets")),
    )
    op.create_index(op.f("ix_client_secrets_client_id"), "client_secrets", ["client_id"])
    op.create_index(op.f("ix_client_secrets_expires_at"), "client_secrets", ["expires_at"])
    connection = op.get_bind()
    for row in connection.execute(sa.select(CLIENTS).where(CLIENTS.c.secret_mac.is_not(None))).all():
        connection.execute(
            sa.insert(SECRETS).values(
                id=new_id(row.created_at),
                client_id=row.client_id,
                label="",
                mac=row.secret_mac,
                secret_sealed=row.secret_sealed,
                made_by_kind="operator" if row.registration_mac is None else "client",
                created_at=row.created_at,
            )
        )
    # In place: a table that is made anew takes with it on SQLite what hangs on its rows.
    op.drop_column("clients", "secret_sealed")
    op.drop_column("clients", "secret_mac")


def downgrade() -> None:
    """Of several secrets the newest that never expires stays or, without one, what is good longest."""
    op.add_column("clients", sa.Column("secret_mac", sa.String(length=43), nullable=True))
    op.add_column("clients", sa.Column("secret_sealed", sa.LargeBinary(), nullable=True))
    connection = op.get_bind()
    # The last one written is the one that stays.
    in_order = (SECRETS.c.expires_at.is_(None), SECRETS.c.expires_at, SECRETS.c.id)
    for row in connection.execute(sa.select(SECRETS).order_by(*in_order)).all():
        connection.execute(
            sa.update(CLIENTS)
            .where(CLIENTS.c.client_id == row.client_id)
            .values(secret_mac=row.mac, secret_sealed=row.secret_sealed)
        )
    op.drop_table("client_secrets")
