"""What happened around something, the earliest first: a session, an interaction, a device, one event.

Of a session the log says when it began and when it was over. What was done in it bears the person and the
device, so it is what these two did between; another device of the same person's is among it, as it should be
for whoever looks for what is strange.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from idp.audit.recorded import Recorded
from idp.audit.searching.pages import BUDGET_SECONDS, search
from idp.audit.searching.sought import Sought
from idp.audit.spans import Span

MINUTE = timedelta(minutes=1)
AROUND_SESSION = 5 * MINUTE
AROUND_EVENT = 10 * MINUTE
INTERACTION_LASTS = timedelta(hours=1)
"""Longer than any interaction."""
MARKS = 100
"""Events that name one session: it began, it is over, and each client that was told."""
OVER = frozenset({"signed_out", "staff_signed_out"})
KEYS = ("request_id", "interaction_id", "person_id", "device", "actor")
SHARED = frozenset({"worker", "operator"})
"""Actors who are nobody in particular."""


@dataclass(frozen=True, slots=True)
class Timeline:
    events: tuple[Recorded, ...]
    """The earliest first."""
    complete: bool
    """Whether these are all; if not, earlier ones are missing."""


@dataclass(frozen=True, slots=True)
class SessionTimeline:
    session_id: str
    person_id: str | None
    staff_id: str | None
    device: str | None
    begun: datetime | None
    """None where the log no longer says."""
    over: datetime | None
    """None where it does not say so, or not yet."""
    timeline: Timeline


def of_session(
    engine: Engine,
    session_id: str,
    now: datetime,
    *,
    around: timedelta = AROUND_SESSION,
    at_most: int = 500,
    budget_seconds: float = BUDGET_SECONDS,
) -> SessionTimeline | None:
    """From before it began until after it was over, or until now. None: the log does not know it.

    `session_id`: its digest, as events have it. Raises SQLAlchemyError.
    """
    marks = search(engine, Sought(session_id=session_id), None, MARKS, budget_seconds).events[::-1]
    if not marks:
        return None
    begins = [one for one in marks if one.name in {"signed_in", "staff_signed_in"}]
    over = next((one.at for one in marks if one.name in OVER), None)
    person_id = next((one.person_id for one in marks if one.person_id), None)
    staff_id = next((found for one in marks if (found := one.fields.get("staff_id"))), None)
    device = next((one.device for one in begins if one.device), None)
    first, last = marks[0].at, max(marks[-1].at, over or now)
    span = Span(first - around, last + around)
    keys = {"person_id": person_id, "device": device, "actor": staff_id}
    wanted = [Sought(session_id=session_id), *_each(keys)]
    return SessionTimeline(
        session_id=session_id,
        person_id=person_id,
        staff_id=staff_id,
        device=device,
        begun=begins[0].at if begins else None,
        over=over,
        timeline=_merged(engine, wanted, span, at_most, budget_seconds),
    )


def of_interaction(engine: Engine, interaction_id: str, at: datetime, *, at_most: int = 500) -> Timeline:
    """All of one authorization in progress, of which something is known to have happened at that time."""
    span = Span(at - INTERACTION_LASTS, at + INTERACTION_LASTS)
    return _merged(engine, [Sought(interaction_id=interaction_id)], span, at_most, BUDGET_SECONDS)


def of_device(engine: Engine, device: str, span: Span, *, at_most: int = 500) -> Timeline:
    """Whoever used it."""
    return _merged(engine, [Sought(device=device)], span, at_most, BUDGET_SECONDS)


def around_event(
    engine: Engine, event: Recorded, *, around: timedelta = AROUND_EVENT, at_most: int = 200
) -> Timeline:
    """What the same request, interaction, person, device or member of staff did shortly before and after."""
    keys = {name: getattr(event, name) for name in KEYS}
    if event.actor in SHARED:
        keys["actor"] = None
    span = Span(event.at - around, event.at + around)
    merged = _merged(engine, list(_each(keys)), span, at_most, BUDGET_SECONDS)
    if all(one.id != event.id for one in merged.events):
        return replace(merged, events=tuple(sorted([*merged.events, event], key=_order)))
    return merged


def _each(keys: dict[str, str | None]) -> Iterator[Sought]:
    for name, value in keys.items():
        if value is not None:
            given: Any = {name: value}
            yield Sought(**given)


def _merged(
    engine: Engine, wanted: Iterable[Sought], span: Span, at_most: int, budget_seconds: float
) -> Timeline:
    """Each by the index of its own."""
    found: dict[str, Recorded] = {}
    complete = True
    for sought in wanted:
        page = search(engine, replace(sought, span=span), None, at_most, budget_seconds)
        complete = complete and page.complete and page.next is None
        found.update((one.id, one) for one in page.events)
    events = sorted(found.values(), key=_order)
    return Timeline(tuple(events[-at_most:]), complete and len(events) <= at_most)


def _order(event: Recorded) -> tuple[datetime, int]:
    return event.at, event.place[1]
