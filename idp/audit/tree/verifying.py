"""Whether the log is what its heads say that it was: every row, every leaf, the tree, and heads from outside.

What is in the database can be changed by whoever rules it, heads and leaves as well. So a row is compared
with its leaf, the leaves with the heads, and the heads with those that were given away.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from idp.audit.tree import heads, keys
from idp.audit.tree.encoding import Place
from idp.audit.tree.findings import Finding, Kind, Report, Wrong
from idp.audit.tree.heads import Head, HeadWrong
from idp.audit.tree.merkle import CompactRange, Grown
from idp.audit.tree.models import AuditHead, AuditTree
from idp.audit.tree.reading import BEFORE_ALL, hashes_of, leaves_from
from idp.audit.tree.sequencer import KEPT_LEVELS, ONLY
from idp.audit.tree.signatures import Jwk
from idp.audit.tree.stored import StoredTree, TreeIncomplete
from idp.audit.tree.windows import windows
from idp.storage.database import READ_ONLY

HEADS_AT_ONCE = 1000
Roots = dict[int, bytes]
"""What heads say, by their size: there is one a minute, for years."""
Tell = Callable[[int, int], None]
"""Called now and then with how many positions were looked at, and of how many. What it raises ends it."""
KEPT_AT_LEAST = timedelta(days=180)
"""No head may say that younger rows were dropped."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Heads that an anchor kept; as its file has them, behind what a collector of syslog writes first."""

    lines: tuple[str, ...]

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Outside":
        parts = (line.rstrip("\r\n").partition("{") for line in lines)
        return cls(tuple(f"{brace}{rest}" for _, brace, rest in parts if brace))


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """One state of the database, however long it is looked at: what retention drops meanwhile is there."""
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.execution_options(**READ_ONLY, **level).connect() as connection:
        yield connection


def verify(
    connection: Connection,
    log: str,
    begin: int = 0,
    end: int | None = None,
    outside: Outside | None = None,
    tell: Tell = lambda _looked, _of: None,
) -> Report:
    """From the last head at or before `begin` to the first at or after `end`; everything, if not said.

    `outside`: what an anchor has. Reads only; what is written meanwhile is left out. Raises SQLAlchemyError.
    """
    return _Verification(connection, log, begin, end, outside or Outside(()), tell).report()


class _Verification:
    def __init__(
        self,
        connection: Connection,
        log: str,
        begin: int,
        end: int | None,
        outside: Outside,
        tell: Tell,
    ) -> None:
        self._connection = connection
        self._tell = tell
        self._log = log
        self._outside = outside
        self._wanted = begin, end
        self._subtree: Finding | None = None
        self._kept_from = self._size = self._headed = 0
        self._newest: datetime | None = None
        self._begin = self._end = self._rows = self._heads = self._anchored = 0

    def report(self) -> Report:
        try:
            self._run()
        except Wrong as wrong:
            return self._result(wrong.finding)
        return self._result(None)

    def _result(self, finding: Finding | None) -> Report:
        looked = self._end - self._begin
        dropped = looked - self._rows if finding is None else 0
        anchored = self._anchored if finding is None else 0
        return Report(
            begin=self._begin,
            end=self._end,
            rows=self._rows,
            dropped=dropped,
            heads=self._heads,
            anchored=anchored,
            finding=finding,
            newest=self._newest,
            unproved=max(0, self._size - self._headed),
        )

    def _run(self) -> None:
        size, frontier, last, kept_from = self._tree()
        self._size = size
        with Session(self._connection) as session:
            known = keys.public_keys(session)
        own = self._own(known)
        given = self._given(known)
        if (beyond := max([*own, *given], default=0)) > size:
            raise Wrong(Finding(Kind.CUT, "rows", size, beyond, detail="a head says that there were more"))
        for differing in sorted(own.keys() & given.keys()):
            if own[differing] != given[differing]:
                raise Wrong(self._between(differing, given, "a head here is not the one that was given away"))
        kept_from = min(kept_from, self._kept_from)
        places = sorted(own.keys() | given.keys())
        wanted, until = self._wanted
        at = bisect_right(places, wanted)
        self._begin = places[at - 1] if at else 0
        self._end = size if until is None else next((one for one in places if one >= until), size)
        tree = self._walk(own, given, last, kept_from)
        if self._end == size and (tree.to_bytes(), self._place_before(size)) != (frontier, last):
            detail = "where it goes on is not where it ends"
            raise Wrong(Finding(Kind.CHANGED, "tree", size, size + 1, detail=detail))
        if self._subtree is not None:
            raise Wrong(self._subtree)
        self._heads = sum(self._begin <= one <= self._end for one in own)
        self._anchored = max((one for one in given if one <= self._end), default=0)

    def _tree(self) -> tuple[int, bytes, Place, int]:
        row = self._connection.execute(select(AuditTree.__table__).where(ONLY)).first()
        if row is None:
            if self._outside.lines:
                raise Wrong(Finding(Kind.CUT, "tree", 0, 1, detail="there is none"))
            return 0, b"", BEFORE_ALL, 0
        return row.size, bytes(row.frontier), (row.xid, row.seq), row.kept_from

    def _own(self, known: Mapping[str, Jwk]) -> Roots:
        """Of all heads of the database: each signed, each naming the one before."""
        statement = select(AuditHead.size, AuditHead.line).order_by(AuditHead.size)
        rows = self._connection.execute(statement, execution_options={"yield_per": HEADS_AT_ONCE})
        found: Roots = {}
        times: list[datetime] = []
        sizes: list[int] = []
        previous: Head | None = None
        for size, line in rows:
            head = self._read(size, line, known)
            if head.size != size:
                raise Wrong(Finding(Kind.REORDERED, "head", size, size + 1, detail=f"it is of {head.size}"))
            if head.previous != (None if previous is None else previous.digest):
                detail = "it does not name the one before"
                raise Wrong(Finding(Kind.MISSING, "head", size, size + 1, detail=detail))
            # What it says is dropped was under a head that was old enough by then: heads alone show it.
            old = bisect_right(times, head.at - KEPT_AT_LEAST)
            if head.kept_from > (sizes[old - 1] if old else 0):
                detail = "it says that rows were dropped before their time"
                raise Wrong(Finding(Kind.FORGED, "head", size, size + 1, detail=detail))
            previous, found[size], self._kept_from = head, head.root, head.kept_from
            self._newest, self._headed = head.at, size
            times.append(head.at)
            sizes.append(size)
            if not len(sizes) % HEADS_AT_ONCE:
                self._tell(0, self._size)
        return found

    def _given(self, known: Mapping[str, Jwk]) -> Roots:
        found: Roots = {}
        for line in self._outside.lines:
            try:
                heads.read(line)
            except HeadWrong:
                continue  # half a line, of a write that was interrupted
            head = self._read(0, line, known)
            if found.setdefault(head.size, head.root) != head.root:
                detail = "two heads of one size were given away"
                raise Wrong(Finding(Kind.FORGED, "head", head.size, head.size + 1, detail=detail))
        return found

    def _read(self, size: int, line: str, known: Mapping[str, Jwk]) -> Head:
        try:
            head = heads.read(line)
            size = head.size
            head.check(known)
        except HeadWrong as wrong:
            raise Wrong(Finding(Kind.FORGED, "head", size, size + 1, detail=str(wrong))) from None
        if head.log != self._log:
            raise Wrong(Finding(Kind.FORGED, "head", size, size + 1, detail="it is another log's"))
        return head

    def _walk(self, own: Roots, given: Roots, last: Place, kept_from: int) -> CompactRange:
        try:
            tree = StoredTree(self._connection).beginning(self._begin)
        except TreeIncomplete as incomplete:
            raise Wrong(Finding(Kind.MISSING, "leaf", 0, self._begin, detail=str(incomplete))) from incomplete
        self._check(tree, own, given)
        after = self._place_before(self._begin)
        sizes = sorted(one for one in own.keys() | given.keys() if self._begin < one <= self._end)
        for window in windows(self._connection, self._begin, self._end, after, last, kept_from):
            self._rows += window.rows
            self._tell(window.begin - self._begin, self._end - self._begin)
            behind = window.begin + len(window.hashes)
            while tree.size < behind:
                part = min(behind, sizes[0] if sizes else behind)
                start, stop = tree.size - window.begin, part - window.begin
                tree, grown = tree.extended(window.hashes[start:stop])
                self._check_subtrees(grown)
                if sizes and sizes[0] == part:
                    sizes.pop(0)
                    self._check(tree, own, given)
        return tree

    def _place_before(self, position: int) -> Place:
        """Of the leaf before that position."""
        leaves = leaves_from(self._connection, position - 1, position, 1)
        return leaves[0][1:3] if leaves else BEFORE_ALL

    def _check(self, tree: CompactRange, own: Roots, given: Roots) -> None:
        root = tree.root()
        for known, said in ((own, "its head"), (given, "the head that was given away")):
            if known.get(tree.size, root) != root:
                raise Wrong(self._between(tree.size, known, f"rows and leaves agree, {said} is of others"))

    def _between(self, size: int, known: Roots, detail: str) -> Finding:
        begin = max((one for one in known if one < size), default=0)
        return Finding(Kind.FORGED, "rows", begin, size, detail=detail)

    def _check_subtrees(self, grown: Grown) -> None:
        for level, number, hashes in grown:
            if level and level % KEPT_LEVELS == 0:
                kept = hashes_of(self._connection, level, number, number + len(hashes))
                if kept != list(hashes):
                    end = (number + len(hashes)) << level
                    # Heads say more than this does.
                    self._subtree = self._subtree or Finding(Kind.CHANGED, "subtree", number << level, end)
