"""Who read the log, and what they looked for. The reader is the actor."""

from collections.abc import Mapping
from typing import ClassVar

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class AuditSearched(Event):
    """Somebody looked for events, and was shown a page of them. An ID number that they gave is not kept."""

    criteria: tuple[Code, ...]
    """What was given: event, person, client, organisation, from, to, reference and the like; `after`: a
    later page."""
    rows: int
    """How many were shown."""
    person_id: PersonId | None = None
    """Whose events were looked for; absent also where nobody has the number."""
    client_id: Identifier | None = None
    """Whose events were looked for."""
    organisation_id: Identifier | None = None
    """Whose events were looked for."""
    sought: Code | None = None
    """The name of the event."""
    begin: int | None = None
    """Unix seconds, from which on."""
    end: int | None = None
    """Unix seconds, up to and without."""
    events: tuple[Code, ...] | None = None
    """The names of the events, where there are several."""
    level: int | None = None
    """The level that was looked for, 1 to 4."""
    outcome: Code | None = None
    """How it went: success or failure."""
    address: Identifier | None = None
    """From where, or the first of a range."""
    prefix: int | None = None
    """Of a range: how many bits its addresses share."""
    from_device: Identifier | None = None
    """From which device, by its digest."""
    session_id: Identifier | None = None
    """In which session, by its digest."""
    acted_by: Identifier | None = None
    """Who acted: a staff account, operator or worker."""
    request: Identifier | None = None
    """Of which request."""
    fragment: Identifier | None = None
    """What the fields of an event were to contain."""
    reach: int | None = None
    """Unix seconds: how far back was looked, where that was not all."""
    case_id: Identifier | None = None
    """The case for which it was looked for; absent: for none."""
    added_fields: ClassVar[Mapping[str, int]] = dict.fromkeys(
        (
            *("events", "level", "outcome", "address", "prefix", "from_device", "session_id", "acted_by"),
            *("request", "fragment", "reach", "case_id"),
        ),
        2,
    )


@event
class AuditExportStarted(Event):
    """Somebody began to take a range of the log out. Written before the first row leaves."""

    export_id: Identifier
    """Joins the beginning of an export with its end."""
    format: Code
    """jsonl, csv, cef or ocsf."""
    begin: int | None
    """Unix seconds, from which on; absent: from the first row."""
    end: int | None
    """Unix seconds, up to and without; absent: up to the last row that is settled."""
    criteria: tuple[Code, ...] | None = None
    """As in `audit_searched`; absent: all of the range."""
    reason: Code | None = None
    """Why, as whoever took it out says."""
    person_id: PersonId | None = None
    """Whose events alone."""
    client_id: Identifier | None = None
    """Whose events alone."""
    case_id: Identifier | None = None
    """The case for which it was taken out; absent: for none."""
    added_fields: ClassVar[Mapping[str, int]] = dict.fromkeys(
        ("criteria", "reason", "person_id", "client_id", "case_id"), 2
    )


@event
class AuditExported(Event):
    """An export came to its end. Of one without this event nobody knows how much its reader has."""

    export_id: Identifier
    """As in `audit_export_started`."""
    format: Code
    """jsonl, csv, cef or ocsf."""
    rows: int
    """How many left."""
    outcome: Code
    """complete, cut: more than may leave at once, or broken_off."""
    begin: int | None
    """As in `audit_export_started`."""
    end: int | None
    """As in `audit_export_started`."""
    content: Identifier | None = None
    """SHA-256 of all bytes that left, as base64url."""
    added_fields: ClassVar[Mapping[str, int]] = {"content": 2}
