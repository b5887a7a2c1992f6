"""From the sandbox into production: what teams ask for, and what the staff say to it."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class AppPackageMade(Event):
    """The sandbox has signed what it knows of an app, for production."""

    person_id: PersonId
    """Who asked for it."""
    app_id: Identifier
    client_id: Identifier


@event
class AppPackageTaken(Event):
    """A draft was made of what the sandbox had signed."""

    person_id: PersonId
    """Who brought it."""
    app_id: Identifier
    """Of the draft."""
    sandbox_client_id: Identifier
    """Of the app there."""


@event
class AppRequestMade(Event):
    """A team asks that an app goes live, or that one which is live may change."""

    person_id: PersonId
    """Who asked."""
    app_id: Identifier
    app_request_id: Identifier
    is_new: bool
    """It is not live yet."""
    client_id: Identifier | None = None
    """Absent of one that is not live yet."""


@event
class AppRequestWithdrawn(Event):
    """A team has taken its request back."""

    person_id: PersonId
    """Who did it."""
    app_id: Identifier
    app_request_id: Identifier


@event
class AppRequestDecided(Event):
    """Somebody of the staff has decided on a team's request."""

    staff_id: Identifier
    app_id: Identifier
    app_request_id: Identifier
    outcome: Code
    """approved, approved-less or refused."""
    client_id: Identifier | None = None
    """Absent where the app is still not live."""
