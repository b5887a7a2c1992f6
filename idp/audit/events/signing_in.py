"""Signing in and out, and who was kept out."""

from collections.abc import Mapping
from typing import ClassVar

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class SignedIn(Event):
    """A browser has a session of a person from here on."""

    person_id: PersonId
    client_id: Identifier | None
    level: int
    methods: tuple[Code, ...]
    session_id: Identifier | None = None
    """A digest of the session's id."""


@event
class SignInRefused(Event):
    """Somebody tried to sign in and did not."""

    reason: Code
    method: Code
    person_id: PersonId | None = None
    client_id: Identifier | None = None
    tried: Identifier | None = None
    """A digest of what was typed to say who it is, by a key that is forgotten after the next day: tells
    different ones of one day apart, and afterwards nothing."""
    added_fields: ClassVar[Mapping[str, int]] = {"tried": 2}


@event
class SignInDelayed(Event):
    """Too many failures: told to wait."""

    method: Code
    seconds: int
    person_id: PersonId | None = None
    tried: Identifier | None = None
    """As in `sign_in_refused`."""
    added_fields: ClassVar[Mapping[str, int]] = {"tried": 2}


@event
class SteppedUp(Event):
    """A session that was there was raised to a higher level."""

    person_id: PersonId
    client_id: Identifier | None
    level: int
    methods: tuple[Code, ...]


@event
class SignedOut(Event):
    """A session of a person is over."""

    person_id: PersonId
    client_id: Identifier | None = None
    session_id: Identifier | None = None
    reason: Code = "asked"
