"""Signing the head of the tree, once a minute while it grows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from idp.audit.tree import keys
from idp.audit.tree.heads import Head, stored
from idp.audit.tree.models import AuditHead, AuditTree
from idp.audit.tree.sequencer import ONLY, read_state
from idp.audit.tree.signatures import Algorithm
from idp.crypto.fields import FieldCipher
from idp.storage.database import reading
from idp.storage.outages import Outage


class HeadMissing(Outage):
    """The last head is gone, which nothing of ours takes away: no successor is signed as if it never was."""


@dataclass
class HeadSigner:
    engine: Engine
    cipher: FieldCipher
    clock: Callable[[], datetime]
    log: str
    every: timedelta
    algorithm: Algorithm = "ES256"

    def sign_if_due(self) -> Head | None:
        """The new head, or None: the tree has not grown, its last head is too young, or another was first.

        Raises SQLAlchemyError, Outage: HeadMissing, HeadHarmed, TreeHarmed, KeyHarmed.
        """
        now = self.clock().replace(microsecond=0)
        with reading(self.engine).connect() as connection:
            state = read_state(connection)
            last = connection.scalar(select(AuditHead.line).where(AuditHead.size == state.head_size))
        if last is None and state.head_size:
            raise HeadMissing(f"the head of {state.head_size} rows is missing")
        before = None if last is None else stored(last)
        if state.tree.size <= state.head_size or (before is not None and before.at + self.every > now):
            return None
        try:
            with Session(self.engine) as session, session.begin():
                kid, key = keys.signing(session, self.cipher, now, self.algorithm)
                head = Head(
                    log=self.log,
                    size=state.tree.size,
                    root=state.tree.root(),
                    at=now,
                    previous=None if before is None else before.digest,
                    kept_from=state.kept_from,
                    kid=kid,
                ).signed_by(key)
                # One successor of each head, of a tree that is still as it was read: heads never fork.
                moved = (
                    update(AuditTree)
                    .where(
                        ONLY,
                        AuditTree.head_size == state.head_size,
                        AuditTree.size == state.tree.size,
                        AuditTree.frontier == state.tree.to_bytes(),
                        AuditTree.kept_from == state.kept_from,
                    )
                    .values(head_size=head.size)
                )
                if session.connection().execute(moved).rowcount != 1:
                    session.rollback()
                    return None
                session.execute(insert(AuditHead).values(size=head.size, at=now, line=head.line))
        except IntegrityError:
            return None  # both made the first key
        return head
