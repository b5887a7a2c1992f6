"""Timelines: of a person, a client, an organisation, a session, a device, an address; and around an event.

Each is by an index of the log, a page at a time. A person is here by their id: who they are is asked apart.
"""

from collections.abc import Iterable
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, Final
from uuid import UUID

from flask import Response, abort, request, url_for

from idp.audit.fields import is_identifier
from idp.audit.recorded import Recorded
from idp.audit.searching import Page, Sought, Span, find, read_cursor, search, written
from idp.audit.searching.timelines import AROUND_EVENT, around_event, of_session
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.locales import show_datetime
from idp.security import rows
from idp.security.present import ACTORS, desk, security_page
from idp.security.room import blueprint
from idp.security.subjects import shown as subject_shown
from idp.security.timelines import about
from idp.security.timelines.about import Fact
from idp.security.timelines.strand_rows import day_rows
from idp.security.viewed import case_here, viewed
from idp.staff.sessions import StaffSignIn

ROWS: Final = 100
IDS: Final = frozenset({"person", "client", "organisation"})
BESIDE: Final = 60
"""Events of others at the same device or address that are shown."""
PLACES_AT_MOST: Final = 3
VIEWS: Final = ("audit_searched", "security_viewed", "tail_opened")
"""What the desk itself writes when somebody looks."""
AROUND_SESSION: Final = timedelta(minutes=5)


@blueprint.get("/people/<uuid:person_id>")
def person_page(person_id: UUID) -> Response:
    staff, subject = desk(), str(person_id)
    viewed("person", person_id=subject)
    with reading() as session:
        facts = about.person(session, subject)
    unmask = url_for("security.unmask_page", person_id=subject) if staff.has(*ACTORS) else None
    return _of(staff, "person", subject, Sought(person_id=subject), facts, unmask_url=unmask)


@blueprint.get("/clients/<client_id>")
def client_page(client_id: str) -> Response:
    staff = desk()
    if not is_identifier(client_id):
        abort(404)
    viewed("client", client_id=client_id)
    with reading() as session:
        facts = about.client(session, client_id)
    return _of(staff, "client", client_id, Sought(client_id=client_id), facts)


@blueprint.get("/organisations/<uuid:organisation_id>")
def organisation_page(organisation_id: UUID) -> Response:
    staff, subject = desk(), str(organisation_id)
    viewed("organisation", subject=subject)
    with reading() as session:
        facts = about.organisation(session, subject)
    return _of(staff, "organisation", subject, Sought(organisation_id=subject), facts)


@blueprint.get("/devices/<device>")
def device_page(device: str) -> Response:
    staff = desk()
    if not is_identifier(device):
        abort(404)
    viewed("device", subject=device)
    return _of(staff, "device", device, Sought(device=device), [])


@blueprint.get("/addresses/<address>")
def address_page(address: str) -> Response:
    staff = desk()
    try:
        subject = str(ip_address(address))
        sought = Sought(address=subject)
    except ValueError:
        abort(404)
    viewed("address", subject=subject)
    return _of(staff, "address", subject, sought, [])


@blueprint.get("/sessions/<session_id>")
def session_page(session_id: str) -> Response:
    """From before it began until after it was over, with what others did at its address meanwhile."""
    staff = desk()
    found = services()
    if not is_identifier(session_id):
        abort(404)
    known = of_session(found.engine, session_id, found.clock(), around=AROUND_SESSION)
    if known is None:
        abort(404)
    viewed("session", subject=session_id, person_id=known.person_id)
    links = ((_("Person"), rows.person_link(known.person_id)), (_("Device"), rows.device_link(known.device)))
    facts = [Fact(name, link.words, link.url) for name, link in links if link is not None]
    facts += [Fact(_("Began"), show_datetime(known.begun))] if known.begun else []
    facts.append(
        Fact(_("Over"), show_datetime(known.over) if known.over else _("not yet, as far as the log says"))
    )
    events = known.timeline.events
    return _shown(
        staff,
        "session",
        session_id,
        facts,
        days=day_rows(events, latest_first=False),
        beside=day_rows(beside(events), latest_first=False),
        is_cut=not known.timeline.complete,
    )


@blueprint.get("/around/<uuid:event_id>")
def around_page(event_id: UUID) -> Response:
    """Ten minutes before and after one event: the same request, person, device; others at the same place."""
    staff, subject = desk(), str(event_id)
    found = services()
    event = find(found.engine, subject)
    if event is None:
        abort(404)
    viewed("around", subject=subject, person_id=event.person_id, client_id=event.client_id)
    timeline = around_event(found.engine, event)
    facts = [
        Fact(
            _("Kind of event"),
            rows.row_of(event, {}).sentence,
            url_for("security.event_page", event_id=subject),
        ),
        Fact(_("Time"), show_datetime(event.at)),
    ]
    return _shown(
        staff,
        "event",
        subject,
        facts,
        days=day_rows(done(timeline.events), latest_first=False),
        beside=day_rows(beside(timeline.events, of=[event]), latest_first=False),
        is_cut=not timeline.complete,
    )


def beside(events: tuple[Recorded, ...], of: list[Recorded] | None = None) -> list[Recorded]:
    """What else was done from the addresses of these events, or of some of them, in their minutes."""
    if not events:
        return []
    begin, end = events[0].at, events[-1].at
    span = Span(begin, end + AROUND_EVENT / 10) if of is None else Span(begin, end + timedelta(seconds=1))
    seen = {event.id for event in events}
    # Where a browser was: a client fetches tokens for everybody from one address.
    browsers = [one for one in (of or events) if one.device is not None] or (of or events)
    places = dict.fromkeys(one.address for one in browsers if one.address is not None)
    found: dict[str, Recorded] = {}
    for address in list(places)[:PLACES_AT_MOST]:
        page = search(services().engine, Sought(span, address=address), None, BESIDE)
        found.update((event.id, event) for event in page.events if event.id not in seen)
    return done(found.values())


def done(events: Iterable[Recorded]) -> list[Recorded]:
    """Without what staff looked at: who looks often would see themself."""
    return [event for event in events if event.name not in VIEWS]


def _of(
    staff: StaffSignIn, kind: str, subject: str, sought: Sought, facts: list[Fact], **shown: Any
) -> Response:
    try:
        after = read_cursor(request.args["after"]) if "after" in request.args else None
    except ValueError:
        abort(404)
    asked: dict[str, Any] = {kind: subject}
    page: Page = search(services().engine, sought, after, ROWS)
    here, values = f"security.{kind}_page", _values(kind, subject)
    return _shown(
        staff,
        kind,
        subject,
        facts,
        days=day_rows(done(page.events)),
        views_url=url_for("security.search_page", show=1, event=list(VIEWS), **asked),
        older_url=url_for(here, **values, after=written(page.next)) if page.next else None,
        newest_url=url_for(here, **values) if after else None,
        searched_to=None if page.complete else page.searched_to,
        search_url=url_for("security.search_page", show=1, **asked),
        live_url=url_for("security.live_page", **asked),
        **shown,
    )


def _values(kind: str, subject: str) -> dict[str, Any]:
    """Of the address of the page."""
    return {f"{kind}_id" if kind in IDS else kind: subject}


def _shown(staff: StaffSignIn, kind: str, subject: str, facts: list[Fact], **shown: Any) -> Response:
    links = subject_shown(kind, subject, {}, case_here()) if kind in about.KINDS else {}
    may_act = staff.has(*ACTORS)
    return security_page(
        "security/timelines/timeline.html",
        staff,
        kind=kind,
        subject=subject,
        heading=about.heading(kind, subject),
        facts=facts,
        measure_url=links.get("measure_url") if may_act else None,
        case_url=about.case_url(kind, subject) if may_act and links else None,
        **shown,
    )
