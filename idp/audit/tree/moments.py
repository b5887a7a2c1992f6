"""Whether rows tell of the time in which they came: between the head before them and the one over them.

Whoever may insert rows may give them any time, and they are folded like all others. Heads say when a row was
not there yet, and when it was.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

from idp.audit.tree.encoding import Row
from idp.audit.tree.findings import Finding, Kind, Wrong

TOLERANCE = timedelta(hours=1)
"""A row has the moment at which its request, or its task, began; it is there once that is committed."""
TEXT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Moments:
    def __init__(self, sizes: Sequence[int], times: Sequence[datetime], now: datetime) -> None:
        """Of all heads, in their order."""
        self._sizes, self._times, self._now = sizes, times, now

    def check(self, begin: int, rows: Sequence[Row | None]) -> None:
        """`rows`: from that position on, none of them behind the next head; None: dropped. Raises Wrong."""
        number = bisect_right(self._sizes, begin)
        low = f"{self._times[number - 1] - TOLERANCE:{TEXT}}" if number else ""
        over = self._times[number] if number < len(self._times) else self._now
        high = f"{over + TOLERANCE:{TEXT}}"
        # PostgreSQL writes nothing for a time that is none, such as `infinity`.
        said = [row[1] or "" for row in rows if row is not None]
        if not said or (low <= min(said) and max(said) <= high and min(said)):
            return
        for position, row in enumerate(rows, begin):
            if row is not None and not (row[1] and low <= row[1] <= high):
                early = not row[1] or row[1] < low
                detail = (
                    "its time is older than the heads before it" if early else "its time is of after its head"
                )
                raise Wrong(Finding(Kind.FORGED, "row", position, position + 1, row[0], detail))
