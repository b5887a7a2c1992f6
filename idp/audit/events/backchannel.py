"""What clients asked of people by the back channel (CIBA), and how they were told of the answer."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class BackchannelRequested(Event):
    """A client asked, by the back channel, that a person signs in on their own device."""

    client_id: Identifier
    person_id: PersonId | None
    """None where the hint means nobody here."""
    scopes: tuple[Code, ...]
    grant_id: Identifier
    outcome: Code
    """asked; unknown, muted, limited: the person was not told, and the client does not learn of it."""


@event
class BackchannelReported(Event):
    """The person said that a request was not theirs: the client asks in vain for some days."""

    client_id: Identifier
    person_id: PersonId
    grant_id: Identifier
    days: int


@event
class NotificationDelivered(Event):
    """The client was told that an answer is there (ping), or got it (push)."""

    client_id: Identifier
    grant_id: Identifier
    mode: Code
    attempts: int


@event
class NotificationFailed(Event):
    """The client was not told; what would have been pushed has been ended."""

    client_id: Identifier
    grant_id: Identifier
    mode: Code
    reason: Code
    attempts: int
