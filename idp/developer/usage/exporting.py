"""The same as programs read it: JSON for a dashboard, CSV for a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from idp.developer.usage.gathering import Bucket, Usage
from idp.metering.measures import percentile

COLUMNS = ("begins", "measure", "name", "count")
MEDIAN, MOST = 0.5, 0.95


def document(client_id: str, found: Usage) -> dict[str, Any]:
    """Times are in UTC, latencies in milliseconds."""
    people = found.people
    return {
        "client_id": client_id,
        "range": found.range.name,
        "hours_of_a_bucket": found.range.width,
        "counted_to": None if found.counted_to is None else found.counted_to.isoformat(),
        "buckets": [_bucket(one) for one in found.buckets],
        "people": {
            "first_day": people.first.isoformat(),
            "until": people.until.isoformat(),
            "not_signed_in": dict(sorted(people.reasons.items())),
            "too_few_to_tell": people.has_more,
        },
    }


def sheet(found: Usage) -> str:
    """A line for each number. No value begins with what a spreadsheet would work out: codes and names of
    endpoints are letters."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180 section 2
    writer.writerow(COLUMNS)
    for one in found.buckets:
        writer.writerows((one.begins.isoformat(), *row) for row in _rows(one))
    people = found.people
    for reason, count in sorted(people.reasons.items()):
        writer.writerow((people.first.isoformat(), "people_not_signed_in", reason, count))
    return text.getvalue()


def _bucket(one: Bucket) -> dict[str, Any]:
    return {
        "begins": one.begins.isoformat(),
        "requests": dict(sorted(one.used.requests.items())),
        "answers": dict(sorted(one.used.answers.items())),
        "latency_ms": {
            "p50": rounded(percentile(one.used.latencies, MEDIAN)),
            "p95": rounded(percentile(one.used.latencies, MOST)),
        },
        "allowance_used_percent_at_most": one.used.most_used * 10,
        "sign_ins": one.counted.sign_ins,
        "refused": dict(sorted(one.counted.refused.items())),
        "tokens": dict(sorted(one.counted.grants.items())),
    }


def _rows(one: Bucket) -> Iterator[tuple[str, str, int | float]]:
    for measure, counts in (
        ("requests", one.used.requests),
        ("answers", one.used.answers),
        ("refused", one.counted.refused),
        ("tokens", one.counted.grants),
    ):
        yield from ((measure, name, count) for name, count in sorted(counts.items()))
    if one.counted.sign_ins:
        yield "sign_ins", "", one.counted.sign_ins
    for name, part in (("p50", MEDIAN), ("p95", MOST)):
        if (found := rounded(percentile(one.used.latencies, part))) is not None:
            yield "latency_ms", name, found


def rounded(milliseconds: float | None) -> float | None:
    """Two figures are more than a histogram knows."""
    if milliseconds is None:
        return None
    return round(milliseconds, 1 if milliseconds < 10 else 0)
