"""The audit log in months on PostgreSQL, and what searches need; SQLite keeps its one table

Rows that are there stay where they are: their table becomes the partition of everything up to the end of
this month. Its new indexes are made at once, which takes a while where there are many rows.

Revision ID: 0032
Revises: 0031
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

MONTHS_AHEAD = 3
ADDRESS = "CAST(substring(address from '^[0-9a-fA-F]{0,4}[.:][0-9a-fA-F.:]*') AS INET)"
COMMON = (
    *("signed_in", "signed_out", "stepped_up", "sign_in_refused", "face_checked", "face_refused"),
    *("code_issued", "token_issued", "token_refused", "claims_released", "logout_delivered", "sms_code_sent"),
)
OF_BOTH = {
    "ix_audit_events_xid_seq": "(xid, seq)",
    "ix_audit_events_at": "(at)",
    "ix_audit_events_person_id_at": "(person_id, at)",
    "ix_audit_events_client_id_at": "(client_id, at)",
}
NEW = {
    "ix_audit_events_address_at": f"(({ADDRESS}), at)",
    "ix_audit_events_device_at": "(device, at) WHERE device IS NOT NULL",
    "ix_audit_events_interaction_id": "(interaction_id) WHERE interaction_id IS NOT NULL",
    "ix_audit_events_name_at": f"(name, at) WHERE name NOT IN ({', '.join(map(repr, COMMON))})",
    "ix_audit_events_actor_at": "(actor, at) WHERE actor IS NOT NULL",
    **{
        f"ix_audit_events_{name}_at": f"""((substring(payload from '"{name}_id":"([^"]*)"')), at)"""
        f""" WHERE payload LIKE '%"{name}_id":%'"""
        for name in ("organisation", "session")
    },
}
TABLE = """
CREATE TABLE audit_events (
  seq BIGINT NOT NULL DEFAULT nextval('audit_events_seq_seq'),
  xid BIGINT NOT NULL,
  id VARCHAR(36) NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  name VARCHAR(64) NOT NULL,
  person_id VARCHAR(36),
  client_id VARCHAR(128),
  request_id VARCHAR(128),
  address VARCHAR(45),
  device VARCHAR(128),
  interaction_id VARCHAR(128),
  actor VARCHAR(128),
  payload TEXT NOT NULL
)"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    execute("ALTER TABLE audit_events RENAME TO audit_events_before")
    execute("ALTER TABLE audit_events_before DROP CONSTRAINT pk_audit_events")
    execute("ALTER TABLE audit_events_before DROP CONSTRAINT uq_audit_events_id")
    execute("ALTER TABLE audit_events_before ALTER seq DROP DEFAULT")
    for name in OF_BOTH:
        execute(f"ALTER INDEX {name} RENAME TO {name.replace('events', 'events_before')}")
    execute(f"{TABLE} PARTITION BY RANGE (at)")
    execute("ALTER SEQUENCE audit_events_seq_seq OWNED BY audit_events.seq")
    for name, on in {**OF_BOTH, **NEW}.items():
        execute(f"CREATE INDEX {name} ON audit_events {on}")
    now = datetime.now(UTC)
    newest = op.get_bind().scalar(sa.text("SELECT max(at) FROM audit_events_before"))
    if newest is None:
        execute("DROP TABLE audit_events_before")
        first = month(now)
    else:
        first = month(max(newest.astimezone(UTC), now)) + 1
        bound = f"FROM (MINVALUE) TO ('{begin(first)}')"
        execute(f"ALTER TABLE audit_events ATTACH PARTITION audit_events_before FOR VALUES {bound}")
    for number in range(first, month(now) + MONTHS_AHEAD + 1):
        name = f"audit_events_{begin(number)[:7].replace('-', '_')}"
        bound = f"FROM ('{begin(number)}') TO ('{begin(number + 1)}')"
        execute(f"CREATE TABLE {name} PARTITION OF audit_events FOR VALUES {bound}")
    execute("CREATE TABLE audit_events_default PARTITION OF audit_events DEFAULT")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    execute("ALTER TABLE audit_events RENAME TO audit_events_in_months")
    execute(TABLE)
    execute("INSERT INTO audit_events SELECT * FROM audit_events_in_months")
    execute("ALTER SEQUENCE audit_events_seq_seq OWNED BY audit_events.seq")
    execute("DROP TABLE audit_events_in_months")
    execute("ALTER TABLE audit_events ADD CONSTRAINT pk_audit_events PRIMARY KEY (seq)")
    execute("ALTER TABLE audit_events ADD CONSTRAINT uq_audit_events_id UNIQUE (id)")
    for name, on in OF_BOTH.items():
        execute(f"CREATE INDEX {name} ON audit_events {on}")


def execute(statement: str) -> None:
    """As it stands: what looks like the mark of a value is none."""
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def month(moment: datetime) -> int:
    return moment.year * 12 + moment.month - 1


def begin(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}-01 00:00:00+00"
