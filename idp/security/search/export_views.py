"""Taking the result of a search out of the log, as a file in one of the formats of exports.

Its first record is the event of the export itself: who took it out, when, what for, and the id by which the
log knows it. When it has left, the log gets how many records it had and the digest of its bytes, so that a
file that turns up somewhere can be told to be that one. What ended early is said in the log alone.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from threading import BoundedSemaphore
from typing import Final

from flask import Response, abort, request, stream_with_context
from sqlalchemy import Engine

from idp.audit.context import AuditContext
from idp.audit.events.reading import AuditExported, AuditExportStarted
from idp.audit.export import FORMATS
from idp.audit.fields import MOST_ITEMS
from idp.audit.log import record
from idp.audit.recorded import Recorded
from idp.audit.searching import Cursor, Sought, Span, find, search
from idp.audit.searching.telling import told
from idp.crypto.digests import base64url, new_secret
from idp.extensions import Services, services, transaction
from idp.security.present import desk, still_reads
from idp.security.room import blueprint
from idp.security.search import criteria
from idp.security.search.criteria import Criteria
from idp.security.viewed import case_here
from idp.staff_pages.present import context, to

PAGE: Final = 500
LONGEST: Final = timedelta(minutes=2)
"""A thread of the process works on it."""
AT_ONCE: Final = BoundedSemaphore(2)
"""Exports in one process."""
HOUR: Final = 3600
REASONS: Final = ("investigation", "authority", "complaint", "report")
TYPES: Final = {
    "jsonl": ("application/jsonl; charset=utf-8", "jsonl"),
    "csv": ("text/csv; charset=utf-8; header=present", "csv"),
    "cef": ("text/plain; charset=utf-8", "cef"),
    "ocsf": ("application/jsonl; charset=utf-8", "ocsf.jsonl"),
}
"""Of each format its media type and the end of its file's name."""


@dataclass
class Taking:
    """One export while it leaves."""

    found: Services
    sought: Sought | None
    """None: of nobody."""
    format: str
    started: AuditExportStarted
    context: AuditContext
    is_there: Callable[[], bool]
    """Whether who takes it out may still do so; asked for each page of it."""
    rows: int = 0
    outcome: str = "broken_off"

    def chunks(self, watermark: Recorded) -> Generator[bytes]:
        digest = sha256()
        try:
            for line in FORMATS[self.format](self._events(watermark)):
                chunk = line.encode()
                digest.update(chunk)
                yield chunk
            if self.outcome != "cut":
                self.outcome = "complete"
        finally:
            AT_ONCE.release()
            self.found.audit.append(
                AuditExported(
                    self.started.export_id,
                    self.format,
                    self.rows,
                    self.outcome,
                    self.started.begin,
                    self.started.end,
                    base64url(digest.digest()),
                ),
                replace(self.context, at=self.found.clock()),
            )

    def _events(self, watermark: Recorded) -> Iterator[Recorded]:
        yield watermark
        if self.sought is None:
            return
        until = self.found.clock() + LONGEST
        for event in everything(
            self.found.engine, self.sought, lambda: self.found.clock() > until or not self.is_there()
        ):
            if event is None or self.rows >= self.found.settings.security.export_rows:
                self.outcome = "cut"
                return
            self.rows += 1
            yield event


def everything(engine: Engine, sought: Sought, is_late: Callable[[], bool]) -> Iterator[Recorded | None]:
    """All that is sought, the latest first. Ends with None when it is too late to go on before the end."""
    after: Cursor | None = None
    while True:
        page = search(engine, sought, after, PAGE)
        yield from page.events
        if page.next is None:
            return
        if is_late():
            yield None
            return
        after = page.next


@blueprint.post("/exports")
def export() -> Response:
    """What is looked for stands in the address."""
    staff = desk()
    found = services()
    asked = criteria.read(request.args, request.args.getlist("event"), exact="exact" in request.args)
    format_, reason = request.form.get("format", ""), request.form.get("reason", "")
    if asked.problems or format_ not in FORMATS or reason not in REASONS:
        abort(400)
    per_hour = found.settings.security.exports_per_hour
    if not found.throttle.allow(f"desk exports {staff.staff_id}", per_hour, HOUR):
        abort(429)
    if not AT_ONCE.acquire(blocking=False):
        abort(503)
    try:
        started, watermark = _begin(asked, format_, reason)
    except BaseException:
        AT_ONCE.release()
        raise
    sought = None if asked.is_of_nobody else _before(asked.sought(), watermark.at)
    is_there = partial(still_reads, staff.sid)
    chunks = Taking(found, sought, format_, started, context(), is_there).chunks(watermark)
    media_type, ending = TYPES[format_]
    return Response(
        stream_with_context(_under_way(next(chunks), chunks)),
        content_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="audit-{started.export_id}.{ending}"',
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        },
    )


@blueprint.get("/exports")
def no_export() -> Response:
    """A reload, or the language switch, on the page that followed a refusal."""
    return to("security.search_page")


def _begin(asked: Criteria, format_: str, reason: str) -> tuple[AuditExportStarted, Recorded]:
    """The event before anything leaves, also as the log has it."""
    sought = asked.sought()
    begin, end = (None if at is None else int(at.timestamp()) for at in (sought.span.begin, sought.span.end))
    started = AuditExportStarted(
        export_id=new_secret(16),
        format=format_,
        begin=begin,
        end=end,
        criteria=asked.names()[:MOST_ITEMS],
        reason=reason,
        person_id=None if asked.is_of_nobody else sought.person_id,
        client_id=sought.client_id,
        case_id=case_here(),
    )
    here = context()
    known = replace(sought, person_id=None) if asked.is_of_nobody else sought
    with transaction() as session:
        # What was looked for, as of any search: all of it is in the log.
        record(session, told(known, asked.names(), None, case_here()), context=here)
        event_id = record(session, started, context=here)
    watermark = find(services().engine, event_id)
    if watermark is None:
        raise LookupError("the event of an export is not in the log")
    return started, watermark


def _before(sought: Sought, at: datetime) -> Sought:
    """Nothing of the export itself is in it, however long it takes."""
    end = at if sought.span.end is None else min(at, sought.span.end)
    return replace(sought, span=Span(sought.span.begin, end))


def _under_way(first: bytes, rest: Generator[bytes]) -> Iterator[bytes]:
    """With the piece taken before the answer began: it comes to its end, whoever stops reading."""
    try:
        yield first
        yield from rest
    finally:
        rest.close()
