"""What was done with the log itself."""

from idp.audit.fields import Code, Event, Identifier, event


@event
class AuditVerified(Event):
    """Somebody had the log compared with its tree and its heads."""

    begin: int
    end: int
    """Positions of rows: from, and up to without."""
    anchored: int
    """The size of the largest head of an anchor that agreed; 0 where there was none."""
    result: Code
    """whole, changed, missing, reordered, forged or cut; failed: it came to no end, and nobody knows."""


@event
class AuditProofLate(Event):
    """What keeps the log provable has not been done for too long; written once an hour while it lasts."""

    step: Code
    """folding, signing, verification, or the name of the anchor that heads are not given to, such as
    `anchor:file`."""
    seconds: int
    """For how long the oldest of what waits has waited."""


@event
class AuditProved(Event):
    """An event of the log was read and a proof of it given away."""

    event_id: Identifier


@event
class AuditRowsDropped(Event):
    """Because of their age."""

    rows: int
