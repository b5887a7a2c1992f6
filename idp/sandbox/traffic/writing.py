"""The past into the log, in big groups; and which of its events were planted."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from idp.audit.log import record_all
from idp.sandbox.traffic.attacks.planting import Planted
from idp.sandbox.traffic.generation import DRILL_KIND
from idp.sandbox.traffic.happenings import DRILL, Happening

GROUP = 2000
"""Rows of one transaction: a second on a slow disk, and nobody else's sign-in waits longer than that."""
Ids = Mapping[int, list[str]]
"""Of the events of each planted attack."""


def write(
    engine: Engine, parts: Iterable[list[Happening]], told: Callable[[int], None] = lambda _rows: None
) -> Ids:
    """Each group in a transaction of its own. `told` how many rows were written. Raises SQLAlchemyError."""
    planted: dict[int, list[str]] = defaultdict(list)
    for part in parts:
        for group in _groups(part):
            with Session(engine) as session, session.begin():
                ids = record_all(session, [(one.event, one.context) for one in group])
            for one, id_ in zip(group, ids, strict=True):
                if one.plant is not None:
                    planted[one.plant].append(id_)
            told(len(group))
    return planted


def labels(planted: Iterable[Planted], ids: Ids) -> Iterator[str]:
    """A line of JSON for each attack; that of the operator's own test names no subject."""
    for one in planted:
        yield _line(one.kind, one.intensity, one.subjects, one.begin, one.end, ids.get(one.number, []))
    if drill := ids.get(DRILL):
        yield _line(DRILL_KIND, "loud", (), None, None, drill)


def _line(
    kind: str,
    intensity: str,
    subjects: tuple[tuple[str, str], ...],
    begin: datetime | None,
    end: datetime | None,
    event_ids: list[str],
) -> str:
    chief = subjects[0] if subjects else (None, None)
    return json.dumps(
        {
            "kind": kind,
            "intensity": intensity,
            "subject_kind": chief[0],
            "subject": chief[1],
            "others": [list(one) for one in subjects[1:]],
            "from": begin and begin.isoformat(),
            "to": end and end.isoformat(),
            "event_ids": event_ids,
        },
        separators=(",", ":"),
    )


def _groups(part: list[Happening]) -> Iterator[list[Happening]]:
    rest = iter(part)
    while group := list(islice(rest, GROUP)):
        yield group
