"""Who may act for whom: offered, given, changed, ended."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class MandateInvited(Event):
    """Somebody was invited to a mandate; by their number, so nobody knows yet who it is."""

    person_id: PersonId
    """Who invites."""
    invitation_id: Identifier
    role: Code
    organisation_id: Identifier | None = None


@event
class MandateInvitationAnswered(Event):
    """Accepted or refused by who was invited, withdrawn by who invited, or expired."""

    invitation_id: Identifier
    answer: Code
    person_id: PersonId | None = None
    """Who answered; None when it was nobody."""


@event
class MandateRefusedTo(Event):
    """A person tried to give, accept or end a mandate, and it was refused."""

    person_id: PersonId
    act: Code
    reason: Code


@event
class MandateGranted(Event):
    """From now on somebody may act. A root has nobody who granted it: a register says so."""

    person_id: PersonId
    """Who may act."""
    mandate_id: Identifier
    role: Code
    organisation_id: Identifier | None = None
    principal_id: PersonId | None = None
    parent_id: Identifier | None = None
    granted_by: PersonId | None = None


@event
class MandateChanged(Event):
    """Renewed (longer or shorter), narrowed (fewer matters), or confirmed by a register."""

    person_id: PersonId
    """Who holds it."""
    mandate_id: Identifier
    change: Code
    changed_by: PersonId | None = None


@event
class MandateEnded(Event):
    """From here on nobody acts on the strength of this mandate."""

    person_id: PersonId
    """Who held it."""
    mandate_id: Identifier
    reason: Code
    organisation_id: Identifier | None = None
    principal_id: PersonId | None = None
    ended_by: PersonId | None = None
    detail: Code | None = None
    """An operator's own word for it."""


@event
class MandatesSuspended(Event):
    """The organisation is closed for a time: its mandates stay and count for nothing until it is open."""

    organisation_id: Identifier
    mandates: int


@event
class AcceptanceLevelChanged(Event):
    """The level at which an organisation's mandates are given and accepted."""

    person_id: PersonId
    organisation_id: Identifier
    level: int
