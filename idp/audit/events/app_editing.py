"""What teams change about their apps beside the registration of a client, and what they try out."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class AppDraftChanged(Event):
    """A team has changed an app that has no client yet, or why an app asks for its scopes."""

    person_id: PersonId
    """Who did it."""
    app_id: Identifier
    changed: tuple[Code, ...]
    """Of the registered fields; reasons: why it asks for its scopes. Not what they say."""
    client_id: Identifier | None = None
    """Absent of a draft."""


@event
class LogoutTried(Event):
    """A team had a logout token of a made-up session sent to its own app."""

    person_id: PersonId
    """Who asked for it."""
    app_id: Identifier
    client_id: Identifier
    outcome: Code
    """accepted, or what was wrong: refused, status, timed-out, unreachable, not-allowed, answer."""


@event
class JwksTried(Event):
    """A team had us fetch a key set from an address of its choice, before or after registering it."""

    person_id: PersonId
    """Who asked for it."""
    app_id: Identifier
    outcome: Code
    """keys, or what was wrong: status, unusable, no-json, address-refused, timed-out, unreachable,
    answer-refused."""
    client_id: Identifier | None = None
    """Absent of a draft."""


@event
class LogoTried(Event):
    """A team had us fetch the logos that its app has registered."""

    person_id: PersonId
    """Who asked for it."""
    app_id: Identifier
    outcomes: tuple[Code, ...]
    """Of each address: good, or what was wrong with what came."""
    client_id: Identifier | None = None
    """Absent of a draft."""
