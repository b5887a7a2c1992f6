"""Who read the log, and what they looked for. The reader is the actor."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class AuditSearched(Event):
    """Somebody looked for events, and was shown a page of them. An ID number that they gave is not kept."""

    criteria: tuple[Code, ...]
    """What was given: event, person, client, organisation, from, to, reference; `after`: a later page."""
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
    """complete, or broken_off."""
    begin: int | None
    """As in `audit_export_started`."""
    end: int | None
    """As in `audit_export_started`."""
