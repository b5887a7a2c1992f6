"""What somebody does who may do everything in the database, and has the key of the heads besides."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy.orm import Session

from idp.audit.tree.encoding import canonical
from idp.audit.tree.heads import Head, read
from idp.audit.tree.keys import signing
from idp.audit.tree.merkle import CompactRange, leaf_hash
from idp.audit.tree.reading import row_of
from idp.audit.tree.signatures import PrivateKey
from tests.idp.audit.tree.conftest import Log


def event_at(log: Log, position: int) -> str:
    """By its leaf."""
    ((found,),) = log.ask(
        "SELECT id FROM audit_events e JOIN audit_leaves l ON l.xid = e.xid AND l.seq = e.seq"
        f" WHERE l.position = {position}"
    )
    return str(found)


def rewind(log: Log, size: int) -> None:
    """Rows, leaves and the tree as if there never had been more."""
    leaves = log.ask(f"SELECT hash, xid, seq FROM audit_leaves WHERE position < {size} ORDER BY position")
    log.harm(
        "DELETE FROM audit_events WHERE seq IN (SELECT e.seq FROM audit_events e JOIN audit_leaves l"
        f" ON l.xid = e.xid AND l.seq = e.seq WHERE l.position >= {size})"
    )
    log.harm(f"DELETE FROM audit_leaves WHERE position >= {size}")
    log.harm(f"DELETE FROM audit_subtrees WHERE (number + 1) * 256 > {size}")
    tree, _ = CompactRange().extended([bytes(hash_) for hash_, *_ in leaves])
    _, xid, seq = leaves[-1]
    log.harm(
        "UPDATE audit_tree SET size = :size, frontier = :frontier, xid = :xid, seq = :seq",
        size=size,
        frontier=tree.to_bytes(),
        xid=xid,
        seq=seq,
    )


def rewrite(log: Log, position: int) -> None:
    """A row says something else, and so does its leaf."""
    event = event_at(log, position)
    log.harm("UPDATE audit_events SET client_id = 'somebody' WHERE id = :id", id=event)
    with log.engine.begin() as connection:
        row = row_of(connection, event)
    assert row is not None
    log.harm(
        "UPDATE audit_leaves SET hash = :hash WHERE position = :position",
        hash=leaf_hash(canonical(row)),
        position=position,
    )


def refold(log: Log) -> None:
    """The frontier and the subtrees of the leaves as they are now."""
    hashes = [bytes(hash_) for (hash_,) in log.ask("SELECT hash FROM audit_leaves ORDER BY position")]
    tree, grown = CompactRange().extended(hashes)
    log.harm("UPDATE audit_tree SET frontier = :frontier", frontier=tree.to_bytes())
    for level, first, nodes in grown:
        for number, node in enumerate(nodes, first):
            log.harm(
                "UPDATE audit_subtrees SET hash = :hash WHERE level = :level AND number = :number",
                hash=node,
                level=level,
                number=number,
            )


def same(head: Head) -> Head:
    return head


def resign(log: Log, change: Callable[[Head], Head] = same, by: tuple[str, PrivateKey] | None = None) -> None:
    """All heads, each naming the one before, of the leaves as they are now; with the genuine key if no other
    is given."""
    hashes = [bytes(hash_) for (hash_,) in log.ask("SELECT hash FROM audit_leaves ORDER BY position")]
    with Session(log.engine) as session:
        kid, key = by or signing(session, log.cipher, log.clock())
    previous = None
    for size, line in log.ask("SELECT size, line FROM audit_heads ORDER BY size"):
        tree, _ = CompactRange().extended(hashes[:size])
        head = replace(change(read(line)), root=tree.root(), previous=previous, kid=kid).signed_by(key)
        log.harm(
            "UPDATE audit_heads SET line = :line, at = :at WHERE size = :size",
            line=head.line,
            at=f"{head.at:%Y-%m-%d %H:%M:%S.%f}",
            size=size,
        )
        previous = head.digest
