"""What clients asked of people elsewhere than in the client's own browser, and what became of it."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class AuthorizationRequested(Event):
    """A request began to wait for a person."""

    client_id: Identifier
    way: Code
    """`device` (RFC 8628)."""
    scopes: tuple[Code, ...]
    grant_id: Identifier


@event
class AuthorizationApproved(Event):
    """The client may fetch its tokens."""

    client_id: Identifier
    person_id: PersonId
    way: Code
    scopes: tuple[Code, ...]
    level: int
    grant_id: Identifier
    mandate_id: Identifier | None = None
    """As of `CodeIssued`."""


@event
class AuthorizationDenied(Event):
    """Who was asked said no, or the request came to nothing in another way."""

    client_id: Identifier
    person_id: PersonId | None
    """Who was signed in, if anybody was."""
    way: Code
    reason: Code
    grant_id: Identifier


@event
class UserCodeRefused(Event):
    """Somebody typed the code of no device, which may be a guess (RFC 8628 section 5.1)."""

    seconds: int
    """Of waiting that were asked for instead of looking; 0 when the code was looked up."""
