"""Who says that they care for whom: what the register is told, and what it answered."""

from idp.audit.fields import Code, Event, PersonId, event


@event
class GuardianshipsImported(Event):
    """A file of who cares for whom was read into the embedded register."""

    accepted: int
    refused: int


@event
class WardAdded(Event):
    """Somebody whom the register says another person cares for is known here now, without an account."""

    person_id: PersonId


@event
class CareRefused(Event):
    """A person asked to act for somebody as their guardian, and may not."""

    person_id: PersonId
    reason: Code
