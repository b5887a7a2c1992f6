"""One event: what its fields say, its neighbours, the bytes that were hashed, and the proof of them."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from flask import Response, abort, make_response, url_for

from idp.audit.catalogue import described
from idp.audit.events import CATALOGUE
from idp.audit.events.proving import AuditProved
from idp.audit.recorded import Recorded
from idp.audit.searching import Sought, Span, find, search
from idp.audit.tree.encoding import canonical
from idp.audit.tree.proving import NoProof, NotYet, prove
from idp.audit.tree.reading import row_of
from idp.audit.tree.verifying import snapshot
from idp.extensions import services
from idp.locales import current_locale
from idp.locales import gettext as _
from idp.security import rows, words
from idp.security.present import desk, security_page
from idp.security.room import blueprint
from idp.security.rows import Link, rows_of
from idp.security.viewed import viewed
from idp.staff_pages.present import context

NEIGHBOURS: Final = 3
NEAR: Final = timedelta(seconds=5)
"""After the event; before it neighbours are found however far away they are."""
AT_MOST: Final = 200
COLUMNS: Final = (*("person_id", "client_id", "request_id", "interaction_id", "address", "device", "actor"),)
COLUMN_MEANINGS: Final = {
    "request_id": "Of the request that it was written in.",
    "interaction_id": "Of the sign-in that was under way.",
    "address": "Where the request came from.",
    "device": "A digest of the device's cookie.",
    "actor": "Who acted: a staff account, operator, worker.",
}
"""Of columns that every event has, where the event says nothing else."""
LINKS: Final = {
    "person_id": rows.person_link,
    "client_id": rows.client_link,
    "address": rows.address_link,
    "device": rows.device_link,
    "session_id": rows.session_link,
    "organisation_id": rows.organisation_link,
    "principal_id": rows.person_link,
}


@dataclass(frozen=True, slots=True)
class FieldRow:
    name: str
    label: str
    value: str
    """As a person reads it."""
    raw: str | None
    """As the log has it, where that is not the same."""
    meaning: str
    """As the catalogue says, which speaks English alone: empty for readers of other languages."""
    link: Link | None
    pairs: tuple[tuple[str, str], ...] = ()
    """Of scores: each gate, and what it gave."""


@dataclass(frozen=True, slots=True)
class Proof:
    """`state`: proved, waiting for a signed head, or wrong: the row is not what its head was signed for."""

    state: str
    position: int | None = None
    size: int | None = None
    signed_at: datetime | None = None
    root: str | None = None


@blueprint.get("/events/<uuid:event_id>")
def event_page(event_id: UUID) -> Response:
    staff, event = desk(), _found(event_id)
    viewed("event", subject=event.id, person_id=event.person_id, client_id=event.client_id)
    before, after = _neighbours(event)
    known = CATALOGUE.get(event.name)
    with snapshot(services().engine) as connection:
        row = row_of(connection, event.id)
    return security_page(
        "security/timelines/event.html",
        staff,
        event=rows_of([event])[0],
        meaning=described(known).meaning if known and _reads_english() else "",
        version=event.version,
        is_known=event.is_known,
        fields=_fields(event),
        raw="" if row is None else canonical(row).decode("ascii"),
        before=rows_of(before),
        after=rows_of(after),
        proof=_proof(event.id),
        proof_url=url_for("security.event_proof", event_id=event.id),
        around_url=url_for("security.around_page", event_id=event.id),
    )


@blueprint.get("/events/<uuid:event_id>/proof")
def event_proof(event_id: UUID) -> Response:
    """A file for somebody else, who checks it without the provider. It contains the event."""
    desk()
    event = _found(event_id)
    try:
        with snapshot(services().engine) as connection:
            proof = prove(connection, event.id)
    except NoProof:
        abort(404)
    services().audit.append(AuditProved(event_id=event.id), context())
    response = make_response(json.dumps(proof, indent=1))
    response.headers["Content-Type"] = "application/json"
    response.headers["Content-Disposition"] = f'attachment; filename="proof-{event.id}.json"'
    return response


def _found(event_id: UUID) -> Recorded:
    event = find(services().engine, str(event_id))
    if event is None:
        abort(404)
    return event


def _fields(event: Recorded) -> list[FieldRow]:
    known = CATALOGUE.get(event.name)
    meanings: dict[str, str] = {}
    if known and _reads_english():
        meanings = COLUMN_MEANINGS | {one.name: one.meaning for one in described(known).fields if one.meaning}
    given: dict[str, Any] = {name: getattr(event, name) for name in COLUMNS}
    given |= event.fields
    if _pairs(event):
        del given["gates"]
    return [
        _field(event, name, value, meanings.get(name, ""))
        for name, value in given.items()
        if value is not None
    ]


def _reads_english() -> bool:
    return current_locale() == "en"


def _pairs(event: Recorded) -> tuple[tuple[str, str], ...]:
    """Gates in words with their scores; nothing where one of them is missing."""
    gates, scores = event.fields.get("gates"), event.fields.get("scores")
    if not isinstance(gates, list) or not isinstance(scores, list) or len(gates) != len(scores):
        return ()
    return tuple(
        (words.in_words("gates", gate), str(score)) for gate, score in zip(gates, scores, strict=True)
    )


def _field(event: Recorded, name: str, value: Any, meaning: str) -> FieldRow:
    pairs = _pairs(event) if name == "scores" else ()
    shown = words.in_words(name, value, event.name)
    plain = str(value) if not isinstance(value, list) else _(", ").join(str(one) for one in value)
    link_of = LINKS.get(name)
    link = link_of(value) if link_of is not None and isinstance(value, str) else None
    raw = plain if plain not in {shown, ""} else None
    return FieldRow(name, words.label(name), shown, raw, meaning, link, pairs)


def _neighbours(event: Recorded) -> tuple[list[Recorded], list[Recorded]]:
    """Events right before and right after, whosever they are; the latest first."""
    engine = services().engine
    before = search(engine, Sought(), (event.at, event.place[1]), NEIGHBOURS).events
    later = search(engine, Sought(Span(event.at, event.at + NEAR)), None, AT_MOST)
    after = [one for one in later.events if (one.at, one.place[1]) > (event.at, event.place[1])]
    # Of more than so many within the seconds, those right after are not known.
    return list(before), after[-NEIGHBOURS:] if len(later.events) < AT_MOST else []


def _proof(event_id: str) -> Proof:
    try:
        with snapshot(services().engine) as connection:
            found = prove(connection, event_id)
    except NotYet:
        return Proof("waiting")
    except NoProof:
        return Proof("wrong")
    head = found["head"]
    signed_at = datetime.fromisoformat(str(head["at"]))
    return Proof("proved", found["position"], head["size"], signed_at, str(head["root"]))
