"""What a sandbox's log holds that nobody did."""

from idp.audit.fields import Code, Event, event


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
