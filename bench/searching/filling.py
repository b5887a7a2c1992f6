"""Millions of events as a log has them, made by PostgreSQL itself: few who do much, many who do little.

Sign-ins of some events each, in one interaction, from one device and address; tokens from the addresses of
the clients' servers; rare events of staff and organisations. Powers of random numbers make the skew.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, text

from idp.audit.partitions import months_from, name_of
from idp.storage.base import Base

FIRST = datetime(2025, 11, 1, tzinfo=UTC)
MONTHS = 13
PERSONS_EVERY, CLIENTS, ORGANISATIONS, OFFICERS = 40, 2000, 20_000, 50
"""A person for so many rows; how many others there are."""
HEAVY_CLIENT, LIGHT_CLIENT, HEAVY_PERSON = "client-0", f"client-{CLIENTS - 1}", 0
PER_MILLE = {
    "token_issued": 260,
    "code_issued": 200,
    "claims_released": 160,
    "signed_in": 150,
    "signed_out": 80,
    "sign_in_refused": 50,
    "face_checked": 40,
    "stepped_up": 20,
    "token_refused": 15,
    "face_refused": 10,
    "sms_code_sent": 10,
    "acting_chosen": 3,
    "mandate_granted": 1,
    "staff_signed_in": 1,
}
RARE, RARE_EVERY = "person_status_changed", 20_011
"""One event that few look for, and what its share is."""
PERSON = "('01890a5d-ac96-774b-bcce-' || lpad(to_hex(CAST({} AS BIGINT)), 12, '0'))"
DEVICE = "(md5('d' || {0}) || substr(md5('e' || {0}), 1, 11))"
ADDRESS = "('10.' || {0} / 65536 % 256 || '.' || {0} / 256 % 256 || '.' || {0} % 256)"
ROWS = f"""
INSERT INTO {{table}} (seq, xid, id, at, name, person_id, client_id, request_id, address, device,
  interaction_id, actor, payload)
SELECT n, 3 + n / 50,
  substr(lpad(to_hex(ms), 12, '0'), 1, 8) || '-' || substr(lpad(to_hex(ms), 12, '0'), 9, 4)
    || '-7' || substr(md5('' || n), 1, 3) || '-8' || substr(md5('' || n), 4, 3)
    || '-' || substr(md5('' || n), 7, 12),
  at, name,
  CASE WHEN name IN ('token_refused', 'staff_signed_in') THEN NULL ELSE {PERSON.format("person")} END,
  CASE WHEN name IN ('signed_out', 'staff_signed_in', 'face_checked', 'face_refused') THEN NULL
    ELSE 'client-' || client END,
  md5('r' || n),
  CASE WHEN name IN ('token_issued', 'token_refused', 'claims_released')
    THEN '172.16.' || client / 256 || '.' || client % 256 ELSE {ADDRESS.format("network")} END,
  CASE WHEN name IN ('token_issued', 'token_refused', 'claims_released') THEN NULL
    ELSE {DEVICE.format("(person * 2 + n / 7 % 2)")} END,
  CASE WHEN name IN ('token_issued', 'token_refused', 'claims_released', 'signed_out', 'staff_signed_in')
    THEN NULL ELSE md5('i' || n / 5) || substr(md5('j' || n / 5), 1, 11) END,
  CASE WHEN name IN ('staff_signed_in', '{RARE}') THEN 'staff-' || n % {OFFICERS} END,
  CASE
    WHEN name IN ('signed_in', 'signed_out', 'staff_signed_in') THEN
      '{{{{"level":' || 2 + n % 3 || ',"methods":["pwd","face"],"session_id":"' || md5('s' || n / 9)
        || substr(md5('t' || n / 9), 1, 11) || '"}}}}'
    WHEN name IN ('acting_chosen', 'mandate_granted') THEN
      '{{{{"organisation_id":"' || {PERSON.format(f"n % {ORGANISATIONS}")} || '","role":"agent"}}}}'
    WHEN name = 'sign_in_refused' THEN '{{{{"method":"pwd","reason":"wrong-password"}}}}'
    ELSE '{{{{"grant_id":"' || md5('g' || n) || substr(md5('h' || n), 1, 11) || '","level":' || 2 + n % 3
      || ',"scopes":["openid","profile","national_id"]}}}}'
  END
FROM (
  SELECT n, at, CAST(extract(epoch FROM at) * 1000 AS BIGINT) AS ms,
    CASE WHEN n % {RARE_EVERY} = 0 THEN '{RARE}'
      ELSE (CAST(:names AS TEXT[]))[1 + CAST(floor(random() * 1000) AS INT)] END AS name,
    CAST(floor(power(random(), 2) * :persons) AS BIGINT) AS person,
    CAST(floor(power(random(), 3) * {CLIENTS}) AS INT) AS client,
    CAST(floor(power(random(), 2) * :networks) AS INT) AS network
  FROM (
    SELECT n, CAST(:begin AS TIMESTAMPTZ) + (n - :first) * CAST(:step AS INTERVAL) AS at
    FROM generate_series(CAST(:first AS BIGINT), CAST(:last AS BIGINT)) AS n
  ) AS times
) AS drawn
"""  # noqa: S608


def fill(engine: Engine, rows: int) -> None:
    """The log's tables and so many events; indexes are made last, all at once."""
    table = Base.metadata.tables["audit_events"]
    Base.metadata.create_all(engine, [table])
    with engine.begin() as connection:
        indexes = connection.execute(
            text("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'audit_events'")
        ).all()
        for name, _ in indexes:
            connection.execute(text(f"DROP INDEX {name}"))
        connection.execute(text("SELECT setseed(0.42)"))
        for begin, end, first, last in _parts(rows):
            _fill_month(connection, begin, end, first, last, rows)
        connection.execute(text(f"SELECT setval('audit_events_seq_seq', {rows})"))
    with engine.begin() as connection:
        for _, definition in indexes:
            connection.exec_driver_sql(definition.replace(" ON ONLY ", " ON ").replace("%", "%%"))
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE audit_events"))


def _fill_month(
    connection: Connection, begin: datetime, end: datetime, first: int, last: int, rows: int
) -> None:
    name = name_of(begin)
    bound = f"FROM ('{begin.isoformat()}') TO ('{end.isoformat()}')"
    connection.execute(text(f"CREATE TABLE {name} PARTITION OF audit_events FOR VALUES {bound}"))
    names = [name for name, share in PER_MILLE.items() for _ in range(share)]
    given = {
        "begin": begin,
        "first": first,
        "last": last,
        "step": (end - begin) / (last - first + 1),
        "names": names,
        "persons": rows // PERSONS_EVERY,
        "networks": rows // 100,
    }
    connection.execute(text(ROWS.format(table=name)), given)


def _parts(rows: int) -> Iterator[tuple[datetime, datetime, int, int]]:
    """Each month, and the numbers of its first and its last row."""
    for number, (begin, end) in enumerate(months_from(FIRST, MONTHS)):
        yield begin, end, rows * number // MONTHS + 1, rows * (number + 1) // MONTHS
