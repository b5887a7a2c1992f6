"""What is known of the keys that clients registered: their names, their ends, their last uses

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

import idp.storage.base
from idp.crypto.digests import digest

revision = "0040"
down_revision = "0039"

CLIENTS = sa.table(
    "clients",
    sa.column("client_id", sa.String),
    sa.column("metadata", sa.JSON),
    sa.column("registration_mac", sa.String),
    sa.column("updated_at", idp.storage.base.UtcDateTime(timezone=True)),
)
KEYS = sa.table(
    "client_keys",
    sa.column("id", sa.String),
    sa.column("client_id", sa.String),
    sa.column("kid", sa.String),
    sa.column("name", sa.String),
    sa.column("made_by_kind", sa.String),
    sa.column("created_at", idp.storage.base.UtcDateTime(timezone=True)),
)


def upgrade() -> None:
    op.create_table(
        "client_keys",
        sa.Column("id", sa.String(length=43), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("kid", sa.String(length=256), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("made_by_kind", sa.String(length=16), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=True),
        sa.Column("created_at", idp.storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", idp.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("warned_at", idp.storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.client_id"],
            name=op.f("fk_client_keys_client_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_keys")),
    )
    op.create_index(op.f("ix_client_keys_client_id"), "client_keys", ["client_id"])
    op.create_index(op.f("ix_client_keys_expires_at"), "client_keys", ["expires_at"])
    connection = op.get_bind()
    for row in connection.execute(sa.select(CLIENTS)).all():
        listed = (row.metadata.get("jwks") or {}).get("keys", [])
        kids = dict.fromkeys(one["kid"] for one in listed if isinstance(one.get("kid"), str))
        for kid in kids:
            # Until when they are good is found when the registration changes next.
            connection.execute(
                sa.insert(KEYS).values(
                    id=digest(f"{row.client_id} {kid}"),
                    client_id=row.client_id,
                    kid=kid[:256],
                    name="",
                    made_by_kind="operator" if row.registration_mac is None else "client",
                    created_at=row.updated_at,
                )
            )


def downgrade() -> None:
    op.drop_table("client_keys")
