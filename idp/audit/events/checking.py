"""Checks of an app's integration: who asked for one, and what came of it."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class AppCheckSetUp(Event):
    """Where an app is to be looked at has been said anew."""

    person_id: PersonId
    """Who did it."""
    app_id: Identifier


@event
class AppCheckStarted(Event):
    """Our server is to sign in at an app, with valid and with hostile answers."""

    person_id: PersonId
    """Who asked for it."""
    app_id: Identifier
    client_id: Identifier


@event
class AppCheckReported(Event):
    """There is a report on an app."""

    app_id: Identifier
    by: Code
    """server: our own; developer: brought from a machine of theirs."""
    checks_passed: int
    """How many checks it passed."""
    checks_tried: int
    """Of how many."""


@event
class AppCheckTokenMade(Event):
    """A token with which a program brings reports on this app. The one before it counts no more."""

    person_id: PersonId
    """Who made it."""
    app_id: Identifier


@event
class AppCheckTokenWithdrawn(Event):
    """No program brings reports on this app any more, until there is a new token."""

    person_id: PersonId
    """Who did it."""
    app_id: Identifier


@event
class AppBadgeTurned(Event):
    """A badge says to everybody how many checks an app passed, or it does not any more."""

    person_id: PersonId
    """Who did it."""
    app_id: Identifier
    shown: bool
    """Whether it does now."""
