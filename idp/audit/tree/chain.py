"""Heads as they have to be: signed, each behind the one that it names, of its time, as it was given away."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from idp.audit.tree import heads
from idp.audit.tree.findings import Finding, Kind, Wrong
from idp.audit.tree.heads import Head, HeadWrong
from idp.audit.tree.models import AuditHead
from idp.audit.tree.signatures import Jwk

HEADS_AT_ONCE = 1000
KEPT_AT_LEAST = timedelta(days=180)
"""No head may say that younger rows were dropped."""
AHEAD_AT_MOST = timedelta(minutes=5)
"""By which clocks of the provider's machines and of whoever verifies may differ."""
Roots = dict[int, bytes]
"""What heads say, by their size: there is one a minute, for years."""
Given = Mapping[int, Head]


@dataclass
class Chain:
    """All heads of the database, in their order."""

    roots: Roots = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    last: Head | None = None
    otherwise: list[int] = field(default_factory=list)
    """Of which size another head was given away."""


def read_chain(
    connection: Connection,
    log: str,
    keys: Mapping[str, Jwk],
    given: Given,
    now: datetime,
    tell: Callable[[], None],
) -> Chain:
    """Raises Wrong at the first that is not as it has to be."""
    statement = select(AuditHead.size, AuditHead.line).order_by(AuditHead.size)
    chain = Chain()
    with connection.execute(statement, execution_options={"yield_per": HEADS_AT_ONCE}) as rows:
        for size, line in rows:
            head = read_head(line, log, keys, size)
            if (wrong := _wrong(chain, size, head, now)) is not None:
                raise Wrong(Finding(wrong[0], "head", size, size + 1, detail=wrong[1]))
            if size in given and given[size].line != line:
                chain.otherwise.append(size)
            chain.roots[size], chain.last = head.root, head
            chain.sizes.append(size)
            chain.times.append(head.at)
            if not len(chain.sizes) % HEADS_AT_ONCE:
                tell()
    return chain


def _wrong(chain: Chain, size: int, head: Head, now: datetime) -> tuple[Kind, str] | None:
    previous = chain.last
    if head.size != size:
        return Kind.REORDERED, f"it is of {head.size}"
    if head.previous != (None if previous is None else previous.digest):
        return Kind.MISSING, "it does not name the one before"
    if previous is not None and head.at < previous.at:
        return Kind.REORDERED, "it was signed before the one that it names"
    if head.at > now + AHEAD_AT_MOST:
        # Or all rows would be old enough to be dropped today.
        return Kind.FORGED, "its time has not come yet"
    # What it says is dropped was under a head that was old enough by then: heads alone show it.
    old = bisect_right(chain.times, head.at - KEPT_AT_LEAST)
    if head.kept_from > (chain.sizes[old - 1] if old else 0):
        return Kind.FORGED, "it says that rows were dropped before their time"
    return None


def read_given(lines: Iterable[str], log: str, keys: Mapping[str, Jwk]) -> dict[int, Head]:
    """Of an anchor, by size. Raises Wrong."""
    found: dict[int, Head] = {}
    for line in lines:
        try:
            heads.read(line)
        except HeadWrong:
            continue  # half a line, of a write that was interrupted
        head = read_head(line, log, keys, 0)
        if found.setdefault(head.size, head) != head:
            detail = "two heads of one size were given away"
            raise Wrong(Finding(Kind.FORGED, "head", head.size, head.size + 1, detail=detail))
    return found


def compare(chain: Chain, given: Given) -> Finding | None:
    """What was given away is here to the letter, or not at all: then rows say more of why than this does.

    Raises Wrong.
    """
    for size in chain.otherwise:
        if given[size].root != chain.roots[size]:
            raise Wrong(between(size, given, "a head here is not the one that was given away"))
    for size in chain.otherwise:
        # The root alone says nothing of when, and of what may be gone.
        detail = "it says something else than the one that was given away"
        raise Wrong(Finding(Kind.FORGED, "head", size, size + 1, detail=detail))
    if missing := min(given.keys() - chain.roots.keys(), default=0):
        detail = "it was given away, and is not here"
        return Finding(Kind.MISSING, "head", missing, missing + 1, detail=detail)
    return None


def between(size: int, known: Iterable[int], detail: str) -> Finding:
    """Somewhere behind the last head that agrees."""
    begin = max((one for one in known if one < size), default=0)
    return Finding(Kind.FORGED, "rows", begin, size, detail=detail)


def read_head(line: str, log: str, keys: Mapping[str, Jwk], size: int) -> Head:
    """`size`: what it is called by as long as it cannot be read. Raises Wrong."""
    try:
        head = heads.read(line)
        size = head.size
        head.check(keys)
    except HeadWrong as wrong:
        raise Wrong(Finding(Kind.FORGED, "head", size, size + 1, detail=str(wrong))) from None
    if head.log != log:
        raise Wrong(Finding(Kind.FORGED, "head", size, size + 1, detail="it is another log's"))
    return head
