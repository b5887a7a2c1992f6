"""What an event's id tells: the millisecond of its event (UUIDv7, RFC 9562 section 5.7)."""

import re
from datetime import UTC, datetime, timedelta

UUID_7 = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
LATEST = 253402300799999
"""The last millisecond that a datetime can hold."""


def moments_of(event_id: str) -> tuple[datetime, datetime] | None:
    """The event was at or after the first moment and before the second; None of what is no id of an event.

    So an event is found by the index of times, and by the partition of its month; the log needs no index of
    ids, which would be its largest.
    """
    found = UUID_7.fullmatch(event_id)
    milliseconds = -1 if found is None else int(found[1] + found[2], 16)
    if not 0 <= milliseconds < LATEST:
        return None
    # `new_id` cuts a float: a microsecond of it may fall to either side.
    begin = BEGINNING + MILLISECOND * milliseconds
    return begin - MILLISECOND, begin + 2 * MILLISECOND
