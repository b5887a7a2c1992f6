"""What is measured of a request, and what a histogram of latencies tells. Pure."""

from bisect import bisect_left
from collections.abc import Sequence
from enum import StrEnum

LATENCY_BOUNDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Milliseconds: a bucket ends with its bound, and the last one has none. Buckets of several processes add up,
as averages and percentiles would not."""
BUCKETS = len(LATENCY_BOUNDS) + 1
LATENCY, REQUEST, ANSWER, SHARE = "latency", "request", "answer", "share"
"""What the measures begin with; after a colon the bucket, the endpoint, what was answered, the tenths."""
SHARES = 11
"""Tenths of an allowance that had been used up when a request came; the last one: all of it."""


class Answer(StrEnum):
    """How a request ended."""

    OK = "ok"
    REFUSED = "refused"
    """By the endpoint: the client, or what it asked, was wrong."""
    LIMITED = "limited"
    """Because the client's allowance was used up."""
    FAILED = "failed"
    """For a reason of ours."""


ANSWERS = tuple(Answer)


def answer_of(status: int) -> int:
    """The place in `ANSWERS`: asked of every request, and a name takes longer to count by."""
    if status < 400:
        return 0
    if status == 429:
        return 2
    return 1 if status < 500 else 3


def bucket_of(seconds: float) -> int:
    return bisect_left(LATENCY_BOUNDS, seconds * 1000)


def share_of(limit: int, left: int) -> int:
    """0 to 10: so many whole tenths were used."""
    return (limit - left) * 10 // limit


def percentile(buckets: Sequence[int], part: float) -> float | None:
    """Milliseconds within which `part` of the requests were answered, as though those of a bucket lay evenly
    in it; None without requests. Of the last bucket its beginning: how much longer it took nobody knows."""
    total = sum(buckets)
    if not total:
        return None
    wanted, seen = part * total, 0
    for number, count in enumerate(buckets):
        if count and seen + count >= wanted:
            low = LATENCY_BOUNDS[number - 1] if number else 0
            if number == len(LATENCY_BOUNDS):
                return float(low)
            return low + (LATENCY_BOUNDS[number] - low) * max(0.0, wanted - seen) / count
        seen += count
    return float(LATENCY_BOUNDS[-1])
