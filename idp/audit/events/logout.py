"""What became of the notices that a session is over, for each client that wants them."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class LogoutDelivered(Event):
    """The client has said that it signed the person out."""

    client_id: Identifier
    person_id: PersonId
    session_id: Identifier
    """A digest of the session's id."""
    attempts: int


@event
class LogoutFailed(Event):
    """The client was not told, or has refused: nobody tries any more."""

    client_id: Identifier
    person_id: PersonId
    session_id: Identifier
    reason: Code
    attempts: int
