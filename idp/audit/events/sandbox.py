"""What is done in a sandbox alone; and what its log holds that nobody did."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class SandboxTrafficMade(Event):
    """From here on this log holds made-up events, for trying the desk and the rules. Written before the first
    of them."""

    mode: Code
    """history: of a time that is over, told at its times; live: as they come, until somebody stops it."""
    people: int
    """How many made-up people they are of; some are those whom this sandbox has."""
    seed: int
    """The same seed makes the same town."""
    attacks: int
    """How many kinds of attacks are among them."""
    begin: int
    """Unix seconds, from which on they tell of."""
    end: int | None = None
    """Unix seconds, up to and without; absent: until it was stopped."""


@event
class SandboxOutcomesChosen(Event):
    """The next sign-ins at this app end as was chosen, or their answers are wrong on purpose."""

    client_id: Identifier
    outcomes: tuple[Code, ...]
    """Of the catalogue of outcomes (docs/sandbox-outcomes.md)."""
    by: Code
    """developer: on the app's page of the console; program: with a test token."""
    person_id: PersonId | None = None


@event
class SandboxOutcomesEnded(Event):
    """Sign-ins at this app go on as everywhere."""

    client_id: Identifier
    by: Code
    """developer, program: as above."""
    person_id: PersonId | None = None


@event
class SandboxAppTokenMade(Event):
    """A test token: with it a program chooses outcomes of this app."""

    client_id: Identifier
    person_id: PersonId | None = None
    """Absent: on the command line."""


@event
class SandboxAppTokenWithdrawn(Event):
    """A test token of this app opens nothing from here on."""

    client_id: Identifier
    person_id: PersonId


@event
class SandboxPersonMade(Event):
    """Somebody who does not exist, for a visitor who wanted a person of their own in this sandbox."""

    person_id: PersonId


@event
class SandboxPersonRemoved(Event):
    """Such a person was not used for so long that the sandbox forgot them."""

    person_id: PersonId
