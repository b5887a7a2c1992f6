"""Watching the log over HTTP (server-sent events, HTML standard section 9.2) without wearing the server out.

A stream keeps a thread of its process waiting, so there are few at a time, in a process and of an officer,
and each ends after some seconds; the browser comes again by itself, with the place where it was. Who finds no
room gets what is there at once and comes again soon: the same page, with more requests.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from idp.audit.recorded import Place, Recorded
from idp.audit.searching.tailing import News

LASTS_SECONDS: Final = 25.0
"""Shorter than proxies wait for an answer that says nothing."""
LOOKS_EVERY: Final = 1.0
AGAIN_MS: Final = 500
AGAIN_WITHOUT_ROOM_MS: Final = 3000
AT_MOST: Final = 100
"""Events at one look; of more, the latest."""

Look = Callable[[Place], News]
Pause = Callable[[float], object]


@dataclass
class Rooms:
    """How many streams there may be in this process at a time, and of one officer."""

    whole: int
    each: int
    _taken: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def enter(self, officer: str) -> bool:
        with self._lock:
            if self._taken.total() >= self.whole or self._taken[officer] >= self.each:
                return False
            self._taken[officer] += 1
            return True

    def leave(self, officer: str) -> None:
        with self._lock:
            self._taken[officer] -= 1
            self._taken += Counter()  # forgets those at nothing

    @contextmanager
    def room(self, officer: str) -> Iterator[bool]:
        """Whether there is room, which is held until the end."""
        has_room = self.enter(officer)
        try:
            yield has_room
        finally:
            if has_room:
                self.leave(officer)


def stream(
    look: Look,
    after: Place,
    *,
    is_there: Callable[[], bool],
    shown: Callable[[Recorded], dict[str, str]],
    has_room: bool,
    pause: Pause,
    timer: Callable[[], float],
) -> Iterator[str]:
    """Lines of a stream. `is_there`: whether who watches may still do so, asked at each look; `shown`: what
    of an event goes to the page."""
    ends = timer() + (LASTS_SECONDS if has_room else 0)
    yield f"retry: {AGAIN_MS if has_room else AGAIN_WITHOUT_ROOM_MS}\n\n"
    while True:
        if not is_there():
            yield "event: over\ndata: {}\n\n"
            return
        found = look(after)
        after = found.place
        if found.is_cut:
            yield "event: cut\ndata: {}\n\n"
        for event in found.events:
            yield f"event: audit\nid: {written(event.place)}\ndata: {json.dumps(shown(event))}\n\n"
        # Without data: the place goes on, and the browser tells nobody. It also shows that somebody listens.
        yield f"id: {written(after)}\n\n"
        if timer() + LOOKS_EVERY > ends:
            return
        pause(LOOKS_EVERY)


def written(place: Place) -> str:
    return f"{place[0]}.{place[1]}"


def read_place(text: str) -> Place | None:
    """None for what is no place."""
    xid, _, seq = text.partition(".")
    try:
        place = int(xid), int(seq)
    except ValueError:
        return None
    return place if len(text) <= 42 and all(-(2**63) <= one < 2**63 for one in place) else None
