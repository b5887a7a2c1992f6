"""What the security staff did about what they saw, and what people say of their own sign-ins. Who did it is
the actor; of a range the subject is written with `~` for the slash."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class MeasureAsked(Event):
    """An officer wants to do what takes two; nothing has been done yet."""

    measure_id: Identifier
    kind: Code
    """end_sessions, freeze, require_reenrolment, block."""
    subject_kind: Code
    """session, person, organisation, client, address."""
    reason: Code
    person_id: PersonId | None = None
    client_id: Identifier | None = None
    subject: Identifier | None = None
    """Where it is neither a person nor a client: the digest of a session's id, an organisation, a range."""
    case_id: Identifier | None = None


@event
class MeasureDeclined(Event):
    """What was asked for is not done."""

    measure_id: Identifier
    reason: Code
    """refused by the second officer, taken_back by the first, lapsed."""


@event
class MeasureTaken(Event):
    """It counts from here on, at every endpoint."""

    measure_id: Identifier
    kind: Code
    """As in `measure_asked`."""
    subject_kind: Code
    """As in `measure_asked`."""
    reason: Code
    person_id: PersonId | None = None
    client_id: Identifier | None = None
    subject: Identifier | None = None
    """As in `measure_asked`."""
    case_id: Identifier | None = None
    agreed_by: Identifier | None = None
    """The staff account of the second officer."""
    lasts_seconds: int | None = None
    """For how long; absent: until it is undone."""


@event
class MeasureFinished(Event):
    """All that it ends has been ended, and who is to be told of it is on the list."""

    measure_id: Identifier
    sessions_ended: int
    grants_ended: int
    notices: int
    """To clients, one of each session."""


@event
class MeasureUndone(Event):
    """It counts no more: thawed, or the range is no longer blocked."""

    measure_id: Identifier
    kind: Code
    """As in `measure_asked`."""
    subject_kind: Code
    """As in `measure_asked`."""
    reason: Code
    person_id: PersonId | None = None
    client_id: Identifier | None = None
    subject: Identifier | None = None
    """As in `measure_asked`."""


@event
class BlockedRefused(Event):
    """Somebody wanted to begin from a range that is blocked. Of one address a few of these are written in an
    hour."""

    place: Code
    """page, or the endpoint."""
    client_id: Identifier | None = None


@event
class SignInDisowned(Event):
    """A person says of a sign-in to their account that it was not them."""

    person_id: PersonId
    event_id: Identifier
    """The event that they mean."""
    client_id: Identifier | None = None
    """Where it was."""
    session_id: Identifier | None = None
    """A digest of the session's id."""
    device_seen: Identifier | None = None
    """The digest of the browser that it was in."""
    was_here: bool = False
    """They say it from that very browser: somebody else's session may be speaking."""
    has_ended: bool = False
    """A session was there, and is not any more."""
