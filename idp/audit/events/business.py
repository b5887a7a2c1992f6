"""Organisations, and what the business register changes about them."""

from idp.audit.fields import Code, Event, Identifier, event


@event
class OrganisationEnrolled(Event):
    """An organisation became known here, as the business register has it."""

    organisation_id: Identifier
    kind: Code
    status: Code


@event
class OrganisationChanged(Event):
    """The business register says something else than before; one event for each change."""

    organisation_id: Identifier
    change: Code
    """status, legal_representative, representative_details (of the same person), title or kind."""
    status: Code
    """How the organisation stands now."""


@event
class OrganisationsImported(Event):
    """A file of the business register was read; how many of its lines went in, and how many did not."""

    accepted: int
    refused: int
