"""Whether the log is what its heads say that it was: every row, every leaf, the tree, and heads from outside.

What is in the database can be changed by whoever rules it, heads and leaves as well. So a row is compared
with its leaf, the leaves with the heads, and the heads with those that were given away.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from idp.audit.tree import keys
from idp.audit.tree.chain import Roots, between, compare, read_chain, read_given
from idp.audit.tree.encoding import Place
from idp.audit.tree.findings import Finding, Kind, Report, Wrong
from idp.audit.tree.merkle import CompactRange, Grown
from idp.audit.tree.models import AuditTree
from idp.audit.tree.moments import Moments
from idp.audit.tree.reading import BEFORE_ALL, hashes_of, leaves_from, rows_to_come
from idp.audit.tree.sequencer import KEPT_LEVELS, ONLY
from idp.audit.tree.stored import StoredTree, TreeIncomplete
from idp.audit.tree.windows import windows
from idp.storage.database import READ_ONLY

Tell = Callable[[int, int], None]
"""Called now and then with how many positions were looked at, and of how many. What it raises ends it."""


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
    *,
    now: datetime,
    is_sandbox: bool = False,
) -> Report:
    """From the last head at or before `begin` to the first at or after `end`; everything, if not said.

    `outside`: what an anchor has. `is_sandbox`: rows may tell of another time than that in which they came,
    as made-up ones do. Reads only; what is written meanwhile is left out. Raises SQLAlchemyError.
    """
    made = _Verification(connection, log, (begin, end), outside or Outside(()), tell, now, is_sandbox)
    return made.report()


class _Verification:
    def __init__(
        self,
        connection: Connection,
        log: str,
        wanted: tuple[int, int | None],
        outside: Outside,
        tell: Tell,
        now: datetime,
        is_sandbox: bool,
    ) -> None:
        self._connection = connection
        self._tell = tell
        self._log = log
        self._outside = outside
        self._wanted = wanted
        self._now = now
        self._is_sandbox = is_sandbox
        self._moments: Moments | None = None
        self._subtree: Finding | None = None
        self._size = self._headed = 0
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
        heads_given = read_given(self._outside.lines, self._log, known)
        given = {one: head.root for one, head in heads_given.items()}
        chain = read_chain(
            self._connection, self._log, known, heads_given, self._now, lambda: self._tell(0, self._size)
        )
        own = chain.roots
        if chain.last is not None:
            self._newest, self._headed = chain.last.at, chain.last.size
        if (beyond := max([*own, *given], default=0)) > size:
            raise Wrong(Finding(Kind.CUT, "rows", size, beyond, detail="a head says that there were more"))
        missing = compare(chain, heads_given)
        self._moments = None if self._is_sandbox else Moments(chain.sizes, chain.times, self._now)
        kept_from = min(kept_from, 0 if chain.last is None else chain.last.kept_from)
        places = sorted(own.keys() | given.keys())
        wanted, until = self._wanted
        at = bisect_right(places, wanted)
        self._begin = places[at - 1] if at else 0
        self._end = size if until is None else next((one for one in places if one >= until), size)
        tree = self._walk(own, given, last, kept_from)
        if self._end == size and (tree.to_bytes(), self._place_before(size)) != (frontier, last):
            detail = "where it goes on is not where it ends"
            raise Wrong(Finding(Kind.CHANGED, "tree", size, size + 1, detail=detail))
        if self._end == size and (strangers := rows_to_come(self._connection, last, 1)):
            detail = "there was no transaction of that number"
            raise Wrong(Finding(Kind.FORGED, "row", size, size + 1, strangers[0][0], detail))
        for less_telling in (missing, self._subtree):
            if less_telling is not None:
                raise Wrong(less_telling)
        self._heads = sum(self._begin <= one <= self._end for one in own)
        self._anchored = max((one for one in given if one <= self._end), default=0)

    def _tree(self) -> tuple[int, bytes, Place, int]:
        row = self._connection.execute(select(AuditTree.__table__).where(ONLY)).first()
        if row is None:
            if self._outside.lines:
                raise Wrong(Finding(Kind.CUT, "tree", 0, 1, detail="there is none"))
            return 0, b"", BEFORE_ALL, 0
        return row.size, bytes(row.frontier), (row.xid, row.seq), row.kept_from

    def _walk(self, own: Roots, given: Roots, last: Place, kept_from: int) -> CompactRange:
        try:
            tree = StoredTree(self._connection).beginning(self._begin)
        except TreeIncomplete as incomplete:
            raise Wrong(Finding(Kind.MISSING, "leaf", 0, self._begin, detail=str(incomplete))) from incomplete
        self._check(tree, own, given)
        after = self._place_before(self._begin)
        sizes = sorted(one for one in own.keys() | given.keys() if self._begin < one <= self._end)
        for window in windows(self._connection, self._begin, self._end, after, last, kept_from):
            self._rows += len(window.rows) if window.are_all else sum(row is not None for row in window.rows)
            self._tell(window.begin - self._begin, self._end - self._begin)
            behind = window.begin + len(window.hashes)
            while tree.size < behind:
                part = min(behind, sizes[0] if sizes else behind)
                start, stop = tree.size - window.begin, part - window.begin
                if self._moments is not None:
                    self._moments.check(tree.size, window.rows[start:stop])
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
                raise Wrong(between(tree.size, known, f"rows and leaves agree, {said} is of others"))

    def _check_subtrees(self, grown: Grown) -> None:
        for level, number, hashes in grown:
            if level and level % KEPT_LEVELS == 0:
                kept = hashes_of(self._connection, level, number, number + len(hashes))
                if kept != list(hashes):
                    end = (number + len(hashes)) << level
                    # Heads say more than this does.
                    self._subtree = self._subtree or Finding(Kind.CHANGED, "subtree", number << level, end)
