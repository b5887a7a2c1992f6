"""Where a page of a search ended, also as text: for addresses of pages, and for command lines."""

import re
from datetime import UTC, datetime

Cursor = tuple[datetime, int]
"""`at` and `seq` of the last event that was shown; what is behind it is older. A `seq` of 0, which no event
has: everything before that moment."""
TEXT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00:00)?)/(\d{1,18})")


def written(cursor: Cursor) -> str:
    at, seq = cursor
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z/{seq}"


def read_cursor(text: str) -> Cursor:
    """Raises ValueError."""
    found = TEXT.fullmatch(text)
    if found is None:
        raise ValueError("not where a page ended")
    return datetime.fromisoformat(found[1]).replace(tzinfo=UTC), int(found[2])
