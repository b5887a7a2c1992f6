"""With what the provider runs."""

from idp.audit.fields import Code, Event, Identifier, event


@event
class ProcessStarted(Event):
    """A process of the provider began. Where more settings differ than one event names, others follow."""

    program: Code
    """server, or worker."""
    release: Code
    """The provider's version."""
    digest: Identifier
    """A keyed digest of all settings: the same where all are the same. Values cannot be tried against it
    without the key."""
    changed: tuple[Code, ...]
    """Names of settings that differ from `config/default.toml`, in the order of the alphabet."""
    part: int
    """Which of the events this is, from 1."""
    parts: int
    """How many there are of this start."""
