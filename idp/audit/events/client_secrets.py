"""The secrets and keys that clients prove themselves with: made, revoked, about to run out."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class ClientSecretMade(Event):
    """A client has one more secret. Whoever made it has seen it."""

    client_id: Identifier
    credential_id: Identifier
    """Of the row, never the secret."""
    by: Code
    """operator, person: a member of the app's team; staff, or the client itself."""
    days: int | None = None
    """Until it expires; absent: it does not."""
    person_id: PersonId | None = None
    """The member."""


@event
class ClientSecretRevoked(Event):
    """A secret of a client's proves nothing any more."""

    client_id: Identifier
    credential_id: Identifier
    by: Code
    """As in `client_secret_made`."""
    person_id: PersonId | None = None


@event
class ClientCredentialExpiring(Event):
    """A secret or a key of a client's expires soon, and those who look after the app were told."""

    client_id: Identifier
    credential_id: Identifier
    """The secret's row, or the key's thumbprint (RFC 7638)."""
    kind: Code
    """secret or key."""
    days_left: int
    told: int
    """To how many people a message went."""
