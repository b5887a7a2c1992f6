"""An administrator with full SQL rights cannot change the past unseen once an anchor was taken.

Here is what they may do, table by table, alone and together, and with the stolen key of the heads or one of
their own in its place. Whatever it is, verifying against what the anchor has says that something is wrong,
and what. Two things keep this from saying so of nothing: the same log, left alone, is whole up to its last
row, and each deed is checked to have changed the database.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

import pytest
from sqlalchemy import insert

from idp.audit import insertion
from idp.audit.tree import signatures
from idp.audit.tree.findings import Kind
from idp.audit.tree.heads import Head
from idp.audit.tree.models import AuditKey
from idp.audit.tree.retention import Retention
from idp.models import metadata
from idp.storage.base import new_id
from tests.idp.audit.tree.conftest import Log, log
from tests.idp.audit.tree.harming import event_at, refold, resign, rewind, rewrite

__all__ = ["log"]
SIZES = (5, 7, 300, 8)
TOTAL = sum(SIZES) + 1
"""The first key of the log is an event, too."""
HEADS = (5, 13, 313, TOTAL)
LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
PAST = "audit_events", "audit_leaves", "audit_subtrees", "audit_tree", "audit_heads", "audit_keys"
"""What the past is made of."""
NOT_PAST = {
    "audit_anchors": "how far each place has come: what it has, it has",
    "audit_cursors": "how far each reader has come",
    "audit_counts": "made of the log, and made anew by `idp audit statistics rebuild`",
    "audit_sinks": "how each sink does",
    "audit_verifications": "the last runs; each is an event besides",
}


class Deed(NamedTuple):
    what: str
    tables: tuple[str, ...]
    do: Callable[[Log], None]
    seen_as: Kind


def changes(column: str, value: str | None) -> Callable[[Log], None]:
    return lambda log: log.harm(
        f"UPDATE audit_events SET {column} = :value WHERE id = :id", value=value, id=event_at(log, 100)
    )


def sql(statement: str, **values: Any) -> Callable[[Log], None]:
    return lambda log: log.harm(statement, **values)


def rows_from(position: int, until: int = TOTAL) -> str:
    return (
        "DELETE FROM audit_events WHERE seq IN (SELECT e.seq FROM audit_events e JOIN audit_leaves l"
        f" ON l.xid = e.xid AND l.seq = e.seq WHERE l.position >= {position} AND l.position < {until})"
    )


def swap_rows(log: Log) -> None:
    one, other = event_at(log, 20), event_at(log, 250)
    (first,) = log.ask(f"SELECT xid, seq FROM audit_events WHERE id = '{one}'")
    (second,) = log.ask(f"SELECT xid, seq FROM audit_events WHERE id = '{other}'")
    place = "UPDATE audit_events SET xid = :xid, seq = :seq WHERE id = :id"
    log.harm(place, id=one, xid=first.xid, seq=-1)
    log.harm(place, id=other, xid=first.xid, seq=first.seq)
    log.harm(place, id=one, xid=second.xid, seq=second.seq)


def swap_leaves(log: Log) -> None:
    hashes = dict(tuple(row) for row in log.ask("SELECT position, hash FROM audit_leaves"))
    for to, of in ((40, 50), (50, 40)):
        log.harm(f"UPDATE audit_leaves SET hash = :hash WHERE position = {to}", hash=hashes[of])


def put_between(log: Log) -> None:
    log.harm(
        "INSERT INTO audit_events (seq, xid, id, at, name, payload) SELECT -7, xid, :new, at, name, payload"
        " FROM audit_events WHERE id = :old",
        new=new_id(log.clock()),
        old=event_at(log, 200),
    )


def put_into_the_past(log: Log) -> None:
    at = log.clock() - timedelta(days=3)
    with log.engine.begin() as connection:
        insertion.insert(connection, [{**log._row(0), "id": new_id(at), "at": at}])
    log.grow(1)


def put_behind_everything(log: Log) -> None:
    put = "UPDATE audit_events SET xid = xid + 1000000000000 WHERE id = :id"
    log.harm(put, id=log.write(1)[0])


def cut_back_to_a_head(log: Log) -> None:
    rewind(log, HEADS[1])
    log.harm(f"DELETE FROM audit_heads WHERE size > {HEADS[1]}")
    log.harm(f"UPDATE audit_tree SET head_size = {HEADS[1]}")


def cut_back_and_go_on_otherwise(log: Log) -> None:
    cut_back_to_a_head(log)
    log.grow(150, 300)


def make_heads_old_for_retention(log: Log) -> None:
    """The column, which nothing signs: the provider itself is to drop the rows."""
    log.harm("UPDATE audit_heads SET at = :at", at=f"{LONG_AGO:%Y-%m-%d %H:%M:%S.%f}")
    year = timedelta(days=365)
    for _ in range(2):
        Retention(log.engine, log.clock, year, year).round()
        log.grow(2)


def rebuild(log: Log) -> None:
    """With the stolen key: one row says something else, and all that is made of it agrees."""
    rewrite(log, 100)
    refold(log)
    resign(log)


def rebuild_with_a_key_of_their_own(log: Log) -> None:
    rewrite(log, 100)
    refold(log)
    resign(log, by=make_key(log))


def make_key(log: Log) -> tuple[str, signatures.PrivateKey]:
    key = signatures.generate("ES256")
    public = signatures.public_part(key)
    with log.engine.begin() as connection:
        row = {"number": 2, "kid": public["kid"], "public_jwk": public, "created_at": log.clock()}
        connection.execute(insert(AuditKey), row)
    return str(public["kid"]), key


def drop_as_if_it_were_old(log: Log, by: tuple[str, signatures.PrivateKey] | None = None) -> None:
    """The roots stay; what heads say of when they were signed, and of what may be gone, does not."""
    years = {size: LONG_AGO + number * timedelta(days=365) for number, size in enumerate(HEADS)}

    def older(head: Head) -> Head:
        return replace(head, at=years[head.size], kept_from=0 if head.size == HEADS[0] else HEADS[0])

    resign(log, older, by)
    log.harm(f"UPDATE audit_tree SET kept_from = {HEADS[0]}")
    log.harm(rows_from(0, HEADS[0]))


def drop_with_a_key_of_their_own(log: Log) -> None:
    drop_as_if_it_were_old(log, make_key(log))


def rebuild_without_a_row(log: Log) -> None:
    """It never was: those behind it move up."""
    log.harm(f"DELETE FROM audit_events WHERE id = '{event_at(log, 100)}'")
    log.harm("DELETE FROM audit_leaves WHERE position = 100")
    for position in range(101, TOTAL):
        log.harm(f"UPDATE audit_leaves SET position = position - 1 WHERE position = {position}")
    log.harm(f"UPDATE audit_heads SET size = size - 1 WHERE size > {HEADS[1]}")
    log.harm(f"UPDATE audit_tree SET size = size - 1, head_size = {TOTAL - 1}")
    refold(log)
    resign(log, lambda head: head if head.size <= HEADS[1] else replace(head, size=head.size - 1))
    log.grow(1)


EVENTS, LEAVES, SUBTREES, TREE, ALL_HEADS, KEYS = ((name,) for name in PAST)
DEEDS = (
    Deed("another payload", EVENTS, changes("payload", '{"reason":"x"}'), Kind.CHANGED),
    Deed("another person", EVENTS, changes("person_id", "p"), Kind.CHANGED),
    Deed("another time", EVENTS, changes("at", "2026-01-02 03:04:06.000000"), Kind.CHANGED),
    Deed("no actor any more", EVENTS, changes("address", None), Kind.CHANGED),
    Deed("a row deleted", EVENTS, sql(rows_from(9, 10)), Kind.MISSING),
    Deed("the first rows deleted", EVENTS, sql(rows_from(0, 5)), Kind.MISSING),
    Deed("the last rows deleted", EVENTS, sql(rows_from(310)), Kind.CUT),
    Deed("all rows deleted", EVENTS, sql("DELETE FROM audit_events"), Kind.CUT),
    Deed("two rows that changed places", EVENTS, swap_rows, Kind.REORDERED),
    Deed("a row put between", EVENTS, put_between, Kind.FORGED),
    Deed("a row put into the past", EVENTS, put_into_the_past, Kind.FORGED),
    Deed("a row put where it is never folded", EVENTS, put_behind_everything, Kind.FORGED),
    Deed("a leaf deleted", LEAVES, sql("DELETE FROM audit_leaves WHERE position = 40"), Kind.MISSING),
    Deed("leaves that changed places", LEAVES, swap_leaves, Kind.REORDERED),
    Deed("a row and its leaf", EVENTS + LEAVES, lambda log: rewrite(log, 100), Kind.FORGED),
    Deed("a subtree", SUBTREES, sql("UPDATE audit_subtrees SET hash = :hash", hash=bytes(32)), Kind.CHANGED),
    Deed("no subtree", SUBTREES, sql("DELETE FROM audit_subtrees"), Kind.CHANGED),
    Deed("where the tree goes on", TREE, sql("UPDATE audit_tree SET seq = seq + 1000"), Kind.CHANGED),
    Deed("a smaller tree", TREE, sql("UPDATE audit_tree SET size = size - 1"), Kind.CUT),
    Deed("no tree", TREE, sql("DELETE FROM audit_tree"), Kind.CUT),
    Deed(
        "rows that the tree lets go",
        TREE + EVENTS,
        lambda log: (sql("UPDATE audit_tree SET kept_from = 300")(log), sql(rows_from(9, 10))(log))[0],
        Kind.MISSING,
    ),
    Deed("a head taken out", ALL_HEADS, sql("DELETE FROM audit_heads WHERE size = 13"), Kind.MISSING),
    Deed(
        "the last head taken out",
        ALL_HEADS,
        sql(f"DELETE FROM audit_heads WHERE size = {TOTAL}"),
        Kind.MISSING,
    ),
    Deed("no heads", ALL_HEADS, sql("DELETE FROM audit_heads"), Kind.MISSING),
    Deed(
        "a head that says otherwise",
        ALL_HEADS,
        sql("UPDATE audit_heads SET line = replace(line, :was, :says)", was='m":0', says='m":5'),
        Kind.FORGED,
    ),
    Deed("heads that are old", ALL_HEADS, make_heads_old_for_retention, Kind.FORGED),
    Deed("no keys", KEYS, sql("DELETE FROM audit_keys"), Kind.FORGED),
    Deed("rows, leaves, tree cut", PAST[:4], lambda log: rewind(log, 310), Kind.CUT),
    Deed("everything cut back to a head", PAST[:5], cut_back_to_a_head, Kind.CUT),
    Deed("cut back, and other rows since", PAST[:5], cut_back_and_go_on_otherwise, Kind.FORGED),
    Deed("all made anew with the stolen key", PAST[:5], rebuild, Kind.FORGED),
    Deed("all made anew with another key", PAST, rebuild_with_a_key_of_their_own, Kind.FORGED),
    Deed("dropped as old, with the stolen key", PAST[:5], drop_as_if_it_were_old, Kind.FORGED),
    Deed("dropped as old, with another key", PAST, drop_with_a_key_of_their_own, Kind.FORGED),
    Deed("all made anew without a row", PAST[:5], rebuild_without_a_row, Kind.FORGED),
)


@pytest.mark.parametrize("deed", DEEDS, ids=[deed.what.replace(" ", "-") for deed in DEEDS])
def test_an_administrator_with_full_sql_rights_cannot_change_the_past_unseen_once_an_anchor_was_taken(
    log: Log, deed: Deed
) -> None:
    log.grow(*SIZES)
    taken = log.given_away()
    before = log.verify(anchored=True)
    assert (before.finding, before.rows, before.anchored, before.heads) == (None, TOTAL, TOTAL, len(HEADS))
    was = {table: content(log, table) for table in PAST}
    deed.do(log)
    assert {table for table in PAST if content(log, table) != was[table]} & set(deed.tables)
    report = log.verify(outside=taken)
    assert report.finding is not None, "nobody saw it"
    assert report.finding.kind is deed.seen_as, str(report.finding)
    # Nor is anything said to be proved then.
    assert report.anchored == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("statements", "kind"),
    [
        (["ALTER TABLE audit_events DETACH PARTITION audit_events_default"], Kind.CUT),
        (["TRUNCATE audit_events_default"], Kind.CUT),
        (
            [
                "ALTER TABLE audit_events DETACH PARTITION audit_events_default",
                "UPDATE audit_events_default SET client_id = 'x' WHERE seq = 50",
                "ALTER TABLE audit_events ATTACH PARTITION audit_events_default DEFAULT",
            ],
            Kind.CHANGED,
        ),
        (
            [
                "ALTER TABLE audit_events DETACH PARTITION audit_events_default",
                "CREATE TABLE other (LIKE audit_events INCLUDING DEFAULTS)",
                "INSERT INTO other SELECT * FROM audit_events_default WHERE seq <> 50",
                "ALTER TABLE audit_events ATTACH PARTITION other DEFAULT",
            ],
            Kind.MISSING,
        ),
    ],
    ids=["detached", "emptied", "changed-meanwhile", "another-in-its-place"],
)
def test_nor_by_taking_a_month_out_and_putting_it_back(
    log: Log, statements: Sequence[str], kind: Kind
) -> None:
    log.grow(*SIZES)
    taken = log.given_away()
    for statement in statements:
        log.harm(statement)
    found = log.verify(outside=taken).finding
    assert found is not None, "nobody saw it"
    assert found.kind is kind


def test_every_table_of_the_past_and_every_kind_of_harm_is_among_them() -> None:
    there = {name for name in metadata.tables if name.startswith("audit_")}
    assert there == {*PAST, *NOT_PAST}, "does this one hold something of the past?"
    assert {table for deed in DEEDS for table in deed.tables} == set(PAST)
    assert {deed.seen_as for deed in DEEDS} == set(Kind)


def content(log: Log, table: str) -> str:
    rows = sorted(map(str, log.ask(f"SELECT * FROM {table}")))
    return sha256("\n".join(rows).encode()).hexdigest()
