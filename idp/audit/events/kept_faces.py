"""What is kept of a face beyond its check, by its own consent: when it came, when it went, who saw it."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class FaceTemplateKept(Event):
    person_id: PersonId
    consent_id: Identifier
    model: Identifier
    """SHA-256 of the network that made it."""
    reason: Code
    """`first`, or `renewed`: one of another network, of other words or past its date was there."""


@event
class FaceTemplateDeleted(Event):
    person_id: PersonId
    reason: Code


@event
class FaceEvidenceKept(Event):
    person_id: PersonId
    check_id: Identifier
    """The id of the event that tells of the check."""
    consent_id: Identifier
    count: int
    days: int
    """Until it is deleted."""


@event
class FaceEvidenceDeleted(Event):
    person_id: PersonId
    check_id: Identifier
    reason: Code


@event
class FaceEvidenceExported(Event):
    """The operator took the kept frames of one check out, for a stated reason."""

    person_id: PersonId
    check_id: Identifier
    reason: Code
