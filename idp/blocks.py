"""Ranges of addresses from which nobody begins anything for a time.

Every page and endpoint where somebody begins who is not signed in asks, so each process keeps the few rows
there are in memory and looks again every other second: no request reads a row because of them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from sqlalchemy import Engine, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from idp.ranges import BITS, address_of, prefix_of, read_range, whole
from idp.storage.base import Base, Id
from idp.storage.database import deleted
from idp.storage.ephemeral import Clock
from idp.storage.outages import OUTAGES

SECONDS: Final = 2
"""A block, and its end, is seen by every process after this long."""
AT_MOST: Final = 1000
"""At one time: they are kept in the memory of each process."""


class AddressBlock(Base):
    __tablename__ = "address_blocks"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """Of the measure that it belongs to (`idp.measures`)."""
    network: Mapped[str] = mapped_column(String(43))
    until: Mapped[datetime] = mapped_column(index=True)


class Blocks:
    """The ranges that are blocked now, as one process sees them."""

    def __init__(self, reads: Engine, clock: Clock) -> None:
        self._reads = reads
        self._clock = clock
        self._lock = Lock()
        self._look_at: datetime | None = None
        self._by_length: Mapping[int, Mapping[int, datetime]] = {}

    def cover(self, address: str | None) -> bool:
        """False for a caller without an address."""
        now = self._clock()
        if self._look_at is None or now >= self._look_at:
            self._look(now)
        if not self._by_length or (found := address_of(address)) is None:
            return False
        number = whole(found)
        return any(
            (until := ranges.get(number >> (BITS - bits))) is not None and now < until
            for bits, ranges in self._by_length.items()
        )

    def forget(self) -> None:
        """What this process changed itself it sees at once."""
        self._look_at = None

    def _look(self, now: datetime) -> None:
        """One thread looks; the others go by what was seen last. So do all while the database is away."""
        if not self._lock.acquire(blocking=self._look_at is None):
            return
        try:
            query = select(AddressBlock.network, AddressBlock.until).where(AddressBlock.until > now)
            with self._reads.connect() as connection:
                rows = connection.execute(query.order_by(AddressBlock.until.desc()).limit(AT_MOST)).all()
            found: dict[int, dict[int, datetime]] = {}
            for row in reversed(rows):
                bits, prefix = prefix_of(read_range(row.network))
                found.setdefault(bits, {})[prefix] = row.until
            self._by_length = found
        except OUTAGES:
            # Nobody signs in without the database either; a page must not fail for this alone.
            pass
        finally:
            self._look_at = now + timedelta(seconds=SECONDS)
            self._lock.release()


def count(session: Session, now: datetime) -> int:
    return session.scalar(select(func.count()).where(AddressBlock.until > now)) or 0


def sweep(session: Session, now: datetime) -> int:
    """Drop those whose time is over; how many."""
    return deleted(session, delete(AddressBlock).where(AddressBlock.until <= now))
