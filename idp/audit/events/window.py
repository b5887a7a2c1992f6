"""The service window: a clerk helps somebody who is there. Each names both, as soon as both are known."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class WindowCodeShown(Event):
    """A device at a window, or what says that it is one, shows a code."""

    client_id: Identifier | None
    level: int


@event
class WindowCodeRefused(Event):
    """A clerk typed a code that no device shows, or shows no more."""

    staff_id: Identifier
    reason: Code


@event
class WindowCodeTaken(Event):
    """The clerk sees from here on who asks for the sign-in."""

    staff_id: Identifier
    client_id: Identifier | None
    level: int


@event
class WindowPersonRefused(Event):
    """Whom the clerk named is not offered to the device; what they were told says why."""

    staff_id: Identifier
    reason: Code
    person_id: PersonId | None = None
    client_id: Identifier | None = None


@event
class WindowPersonOffered(Event):
    """The clerk says what they have checked; the device asks the person."""

    staff_id: Identifier
    person_id: PersonId
    client_id: Identifier | None
    checked: Code


@event
class WindowAnswered(Event):
    """What the person at the device said."""

    staff_id: Identifier
    person_id: PersonId
    client_id: Identifier | None
    outcome: Code
    """confirmed, refused, or clerk_gone: the clerk's account or session had ended."""


@event
class WindowSignIn(Event):
    """Somebody has signed in with a clerk's help."""

    staff_id: Identifier
    person_id: PersonId
    client_id: Identifier | None
    checked: Code
    level: int


@event
class WindowLedToEnrolment(Event):
    """A clerk made an activation code for somebody without an account, and the device leads on to it."""

    staff_id: Identifier
    client_id: Identifier | None


@event
class WindowGivenUp(Event):
    """By the clerk; or because the clerk sat at the very browser that showed the code."""

    staff_id: Identifier
    client_id: Identifier | None
    reason: Code
    """given_up or same_browser."""


@event
class WindowActivationRefused(Event):
    """A clerk asked for an activation code and got none."""

    staff_id: Identifier
    reason: Code
    """own, or too_many."""
