"""The months of the log on PostgreSQL: each is a table of its own, made before its time, dropped whole.

A row that no month is there for falls into the default partition, so nothing is ever refused for want of one;
making the month moves it there. SQLite has one table and none of this.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, text

DEFAULT = "audit_events_default"
MONTHS_AHEAD = 3
OF_FACES = "_faces"
"""How the name of a partition ends of which only the events of face checks are left."""
WAIT_SECONDS = 2
"""For a lock that others have: while we wait, they would wait behind us."""
LISTED = text(
    "SELECT child.relname, pg_get_expr(child.relpartbound, child.oid) FROM pg_inherits"
    " JOIN pg_class AS child ON child.oid = inhrelid WHERE inhparent = to_regclass('audit_events')"
)
# Months are made for times that are some: a forged row, of `infinity`, is left where it is.
FALLEN = text(
    f"SELECT min(at), max(at) FROM {DEFAULT} WHERE at >= '1900-01-01 00:00+00' AND at < '9000-01-01 00:00+00'"  # noqa: S608
)
BOUNDS = re.compile(r"FOR VALUES FROM \((?:'([^']+)'|MINVALUE)\) TO \('([^']+)'\)")


@dataclass(frozen=True, slots=True)
class Partition:
    name: str
    begin: datetime | None
    """None: everything before `end`, which is what was there before there were months."""
    end: datetime

    @property
    def has_faces_alone(self) -> bool:
        return self.name.endswith(OF_FACES)


@dataclass(frozen=True)
class Months:
    """Makes the months that come."""

    engine: Engine
    clock: Callable[[], datetime]
    ahead: int = MONTHS_AHEAD

    def round(self) -> int:
        """How many were made. Raises SQLAlchemyError where a lock was not to be had: another time, then."""
        if self.engine.dialect.name != "postgresql":
            return 0
        made = 0
        while more := sum(self._make(begin, end) for begin, end in self._missing()):
            made += more
        return made

    def _missing(self) -> list[tuple[datetime, datetime]]:
        """Those that come, and those of what fell into the default partition."""
        with self.engine.connect() as connection:
            wanted = set(months_from(self.clock(), self.ahead + 1))
            fallen = connection.execute(FALLEN).one()
            wanted.update(next(months_from(moment, 1)) for moment in fallen if moment is not None)
            there = partitions(connection)
        return sorted(
            (max([begin, *(one.end for one in there if one.begin is None)]), end)
            for begin, end in wanted
            if not any((one.begin is None or one.begin <= begin) and end <= one.end for one in there)
        )

    def _make(self, begin: datetime, end: datetime) -> int:
        """With what of it fell into the default partition. 0 where another has made it meanwhile."""
        name = name_of(begin)
        with self.engine.begin() as connection:
            prepare(connection)
            # One worker at a time. Whoever writes begins when the month is there: one who had chosen the
            # default partition already would be refused by it then.
            connection.execute(text("LOCK TABLE ONLY audit_events IN SHARE ROW EXCLUSIVE MODE"))
            connection.execute(text(f"LOCK TABLE {DEFAULT} IN ACCESS EXCLUSIVE MODE"))
            if any(one.begin == begin for one in partitions(connection)):
                return 0
            connection.execute(text(f"CREATE TABLE {name} ({LIKE})"))
            moved = (
                f"WITH moved AS (DELETE FROM {DEFAULT} WHERE at >= :begin AND at < :end RETURNING *)"  # noqa: S608
                f" INSERT INTO {name} SELECT * FROM moved"
            )
            connection.execute(text(moved), {"begin": begin, "end": end})
            attach(connection, name, begin, end)
        return 1


LIKE = "LIKE audit_events INCLUDING DEFAULTS INCLUDING INDEXES"


def prepare(connection: Connection) -> None:
    """For what changes partitions: bounds are read and written in UTC, and nobody waits long behind us."""
    connection.execute(text("SET LOCAL timezone = 'UTC'"))
    connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"))


def attach(connection: Connection, name: str, begin: datetime | None, end: datetime) -> None:
    """Without a look at its rows: a constraint says before what they are."""
    low = "MINVALUE" if begin is None else f"'{begin.isoformat()}'"
    check = f"at < '{end.isoformat()}'" + ("" if begin is None else f" AND at >= {low}")
    bound = f"FOR VALUES FROM ({low}) TO ('{end.isoformat()}')"
    for statement in (
        f"ALTER TABLE {name} ADD CONSTRAINT within CHECK ({check})",
        f"ALTER TABLE audit_events ATTACH PARTITION {name} {bound}",
        f"ALTER TABLE {name} DROP CONSTRAINT within",
    ):
        connection.exec_driver_sql(statement)


def partitions(connection: Connection) -> tuple[Partition, ...]:
    """In the order of time, the default one left out; none on SQLite."""
    if connection.dialect.name != "postgresql":
        return ()
    connection.execute(text("SET LOCAL timezone = 'UTC'"))
    found = []
    for name, bounds in connection.execute(LISTED):
        if (match := BOUNDS.fullmatch(bounds)) is not None:
            begin, end = match.groups()
            found.append(Partition(name, None if begin is None else _moment(begin), _moment(end)))
    return tuple(sorted(found, key=lambda one: one.end))


def months_from(moment: datetime, count: int) -> Iterator[tuple[datetime, datetime]]:
    """The month of a moment and those behind it, in UTC: from its beginning to the next one's."""
    moment = moment.astimezone(UTC)
    first = moment.year * 12 + moment.month - 1
    for number in range(first, first + count):
        yield _begin(number), _begin(number + 1)


def name_of(begin: datetime) -> str:
    return f"audit_events_{begin:%Y_%m}"


def _begin(number: int) -> datetime:
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)


def _moment(text_: str) -> datetime:
    """As PostgreSQL writes it: `2026-11-01 00:00:00+00`."""
    return datetime.fromisoformat(f"{text_}:00" if text_.endswith("+00") else text_)
