"""Events as they come: a page that loads again by a link, and by server-sent events where scripts run.

What is watched is kept with the watch, which the page began and the log knows; the stream's address names the
watch alone and is good in the session of who began it.
"""

import json
import secrets
from collections.abc import Iterator
from functools import partial
from typing import Final
from urllib.parse import parse_qs, urlencode

from flask import Response, abort, render_template, request, stream_with_context, url_for

from idp.audit.events.desk import TailOpened
from idp.audit.fields import MOST_ITEMS
from idp.audit.recorded import Place, Recorded
from idp.audit.searching import Sought, search
from idp.audit.searching.tailing import News, end_of_log, news
from idp.audit.searching.telling import told
from idp.crypto.digests import digest
from idp.extensions import Services, services
from idp.security.live import tail
from idp.security.live.tail_services import tail_services
from idp.security.present import READERS, desk, looking_on, security_page, still_reads
from idp.security.room import blueprint
from idp.security.rows import rows_of
from idp.security.search import criteria
from idp.security.search import form as search_form
from idp.security.search.criteria import Criteria
from idp.security.viewed import case_here
from idp.staff.sessions import StaffSignIn
from idp.staff_pages.present import context

ROWS: Final = 40
WATCH_SECONDS: Final = 12 * 3600
"""No session of staff lasts longer."""
LOOK_SECONDS: Final = 0.5
LONGEST: Final = 64
EXPIRED: Final = 204
"""A browser does not come again after it (HTML standard, section 9.2.2)."""


@blueprint.get("/live")
def live_page() -> Response:
    staff = desk()
    found = services()
    asked = criteria.read(request.args, request.args.getlist("event"), exact="exact" in request.args)
    if asked.problems or asked.is_of_nobody:
        abort(404)
    given = asked.given
    event = TailOpened(asked.names()[:MOST_ITEMS], given.get("person"), case_here())
    found.audit.append(event, context())
    # First the place, then the page: what comes between is on the page and in the stream, and shown once.
    place = end_of_log(found.engine)
    page = search(found.engine, asked.sought(), None, ROWS)
    if names := asked.names():
        found.audit.append(told(asked.sought(), names, page, case_here()), context())
    watch = secrets.token_urlsafe(24)
    kept = {"sid": staff.sid, "query": urlencode(asked.query(), doseq=True)}
    found.store.put(_key(watch), json.dumps(kept).encode(), seconds=WATCH_SECONDS)
    return security_page(
        "security/live/live.html",
        staff,
        rows=rows_of(page.events),
        chosen=search_form.chosen(asked),
        stream_url=url_for("security.live_stream", watch=watch, after=tail.written(place)),
        reload_url=url_for("security.live_page", **asked.query()),
        search_url=url_for("security.search_page", show=1, **asked.query()),
    )


@blueprint.get("/live/stream/<watch>")
def live_stream(watch: str) -> Response:
    """It does not count as use of the session: who only watches is signed out in time."""
    found = services()
    staff = looking_on(*READERS)
    asked = None if staff is None else _watched(found, watch, staff)
    if staff is None or asked is None:
        return Response(status=EXPIRED)
    given = request.headers.get("Last-Event-ID", "") or request.args.get("after", "")
    place = tail.read_place(given)
    if place is None:
        abort(404)
    return Response(
        _stream(found, staff, asked.sought(), place),
        mimetype="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _stream(found: Services, staff: StaffSignIn, sought: Sought, place: Place) -> Iterator[str]:
    """Within the request, whose language the lines have."""

    def lines() -> Iterator[str]:
        watching = tail_services()
        # Taken when the first line is asked for, and given back whatever ends the stream.
        with watching.rooms.room(staff.staff_id) as has_room:
            yield from tail.stream(
                partial(_look, found, sought),
                place,
                is_there=partial(still_reads, staff.sid),
                shown=_shown,
                has_room=has_room,
                pause=watching.pause,
                timer=watching.timer,
            )

    return stream_with_context(lines())


def _look(found: Services, sought: Sought, after: Place) -> News:
    return news(found.engine, sought, after, tail.AT_MOST, LOOK_SECONDS)


def _shown(event: Recorded) -> dict[str, str]:
    row = rows_of([event])[0]
    return {
        "id": row.id,
        "html": render_template("security/live/live_line.html", row=row),
        "words": row.sentence,
    }


def _watched(found: Services, watch: str, staff: StaffSignIn) -> Criteria | None:
    """What the watch is for; None for another's, and for one of long ago."""
    kept = found.store.get(_key(watch)) if len(watch) <= LONGEST else None
    if kept is None:
        return None
    said = json.loads(kept)
    if said["sid"] != staff.sid:
        return None
    query = parse_qs(said["query"])
    ones = {name: values[0] for name, values in query.items()}
    return criteria.read(ones, query.get("event", []), exact="exact" in query)


def _key(watch: str) -> str:
    return f"tail:{digest(watch)}"
