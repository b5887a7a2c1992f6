"""For whom people act at clients: chosen, and organisations of theirs that they made known for it."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class ActingChosen(Event):
    """A person said for whom they act at a client. What they do then says the mandate itself
    (`CodeIssued.mandate_id`)."""

    client_id: Identifier
    person_id: PersonId
    mandate_id: Identifier | None = None
    """None: as themselves."""
    role: Code | None = None
    organisation_id: Identifier | None = None
    principal_id: PersonId | None = None


@event
class RepresentationRefused(Event):
    """A person named an organisation as theirs, and cannot act for it as its legal representative."""

    person_id: PersonId
    reason: Code
    """not-named: the register does not say so, of an organisation that it may know or not; not-active;
    register-silent; too-often."""
    client_id: Identifier | None = None
