"""Comma-separated values (RFC 4180), with a header; the fields of an event are JSON in one column."""

import csv as writer
from collections.abc import Iterable, Iterator
from io import StringIO

from idp.audit.export.jsonl import moment
from idp.audit.fields import canonical_json
from idp.audit.recorded import Recorded

HEADER = (
    *("xid", "seq", "id", "at", "name", "version", "person_id", "client_id", "request_id", "address"),
    *("device", "interaction_id", "actor", "fields"),
)
COMPUTES = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A spreadsheet takes a cell that begins so for a formula, some in their full width, too, where people write
Chinese or Japanese. https://owasp.org/www-community/attacks/CSV_Injection"""


def csv(events: Iterable[Recorded]) -> Iterator[str]:
    yield _line(HEADER)
    for event in events:
        xid, seq = event.place
        columns = (
            *(event.id, moment(event.at), event.name, event.version, event.person_id, event.client_id),
            *(event.request_id, event.address, event.device, event.interaction_id, event.actor),
        )
        yield _line((xid, seq, *columns, canonical_json(event.fields)))


def _line(cells: Iterable[object]) -> str:
    line = StringIO()
    # RFC 4180 section 2: lines end with CRLF.
    writer.writer(line, lineterminator="\r\n").writerow([_cell(cell) for cell in cells])
    return line.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(COMPUTES) else text
