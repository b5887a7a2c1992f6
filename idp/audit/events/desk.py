"""The desk of the security staff: what they looked at, whose name they saw. The officer is the actor."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class SecurityViewed(Event):
    """Somebody of the staff was shown a page of the desk. Written before the page leaves."""

    page: Code
    """Which page: overview, person, client, session, event, alert, case and the like; number: whose a number
    is was looked up."""
    person_id: PersonId | None = None
    """Whose page it was."""
    client_id: Identifier | None = None
    """Whose page it was."""
    subject: Identifier | None = None
    """What else the page was of: a session, a device, an address, an organisation, an event, an alert."""
    case_id: Identifier | None = None
    """The case for which it was looked at; absent: for none."""


@event
class UnmaskAsked(Event):
    """An officer asked to be shown who a person is; a second officer decides it."""

    person_id: PersonId
    ask_id: Identifier
    """Joins the question with its answer."""
    reason: Code
    case_id: Identifier | None = None
    """The case for which it was asked; absent: for none."""


@event
class UnmaskDecided(Event):
    """A second officer agreed that another one is shown who a person is, or refused it."""

    person_id: PersonId
    ask_id: Identifier
    """As in `unmask_asked`."""
    asked_by: Identifier
    """The staff account of who asked."""
    outcome: Code
    """agreed or refused."""


@event
class UnmaskRefused(Event):
    """An officer was not shown who a person is, or not heard as the second one."""

    person_id: PersonId | None
    reason: Code
    """too_many: of this officer in the last hour; else why they are not the one: asker, new, over, used."""
    ask_id: Identifier | None = None
    """As in `unmask_asked`."""


@event
class PersonUnmasked(Event):
    """An officer was shown the name of a person, once. Written before it is shown."""

    person_id: PersonId
    reason: Code
    extent: Code
    """masked: the number with its middle left out; full: the whole of it."""
    ask_id: Identifier | None = None
    """As in `unmask_asked`; absent where no second officer is needed."""
    agreed_by: Identifier | None = None
    """The staff account of the second officer."""
    case_id: Identifier | None = None
    """The case for which it was shown; absent: for none."""


@event
class SearchSaved(Event):
    """An officer kept what they look for under a title of their own, which the log does not have."""

    search_id: Identifier
    criteria: tuple[Code, ...]
    """As in `audit_searched`."""
    sharing: Code
    """own, or desk: all of it."""


@event
class SearchRemoved(Event):
    """A saved search is gone."""

    search_id: Identifier
    """As in `search_saved`."""


@event
class TailOpened(Event):
    """Somebody of the staff began to watch events as they come. Of one watch there is one event."""

    criteria: tuple[Code, ...]
    """What was given, as in `audit_searched`."""
    person_id: PersonId | None = None
    """Whose events are watched; absent: not of one person."""
    case_id: Identifier | None = None
    """The case for which it is watched; absent: for none."""
