"""What is kept of a face beyond its check, by its own consent: when it came, when it went, who saw it."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class FaceTemplateKept(Event):
    """A template of a face is kept, sealed, by a consent of its own."""

    person_id: PersonId
    consent_id: Identifier
    model: Identifier
    """SHA-256 of the network that made it."""
    reason: Code
    """`first`, or `renewed`: one of another network, of other words or past its date was there."""


@event
class FaceTemplateDeleted(Event):
    """The template that was kept is gone."""

    person_id: PersonId
    reason: Code


@event
class FaceEvidenceKept(Event):
    """Frames of a check are kept, sealed, by a consent of its own."""

    person_id: PersonId
    check_id: Identifier
    """The id of the event that tells of the check."""
    consent_id: Identifier
    count: int
    days: int
    """Until it is deleted."""


@event
class FaceEvidenceDeleted(Event):
    """The frames that were kept of a check are gone."""

    person_id: PersonId
    check_id: Identifier
    reason: Code


@event
class FaceEvidenceExported(Event):
    """The operator took the kept frames of one check out, for a stated reason."""

    person_id: PersonId
    check_id: Identifier
    reason: Code
