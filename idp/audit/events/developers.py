"""Teams of developers and their apps: who is let in, who leaves, what was made and taken away."""

from idp.audit.fields import Code, Event, Identifier, PersonId, event


@event
class TeamMade(Event):
    """From now on there is a team: an organisation's, or a person's own in the sandbox."""

    person_id: PersonId
    """Who made it, and is its first owner."""
    team_id: Identifier
    organisation_id: Identifier | None = None
    """Absent of a personal one."""


@event
class TeamRenamed(Event):
    """A team is called otherwise. The log does not say how."""

    person_id: PersonId
    """Who did it."""
    team_id: Identifier


@event
class TeamInvitationMade(Event):
    """A code by which somebody may come into a team, once."""

    person_id: PersonId
    """Who made it."""
    team_id: Identifier
    invitation_id: Identifier
    """Of the invitation, never its code."""
    role: Code
    """owner, developer or viewer."""


@event
class TeamInvitationEnded(Event):
    """Nobody comes into the team by this code any more."""

    team_id: Identifier
    invitation_id: Identifier
    """As in `team_invitation_made`."""
    answer: Code
    """accepted, withdrawn or expired."""
    person_id: PersonId | None = None
    """Who used it or took it back; absent when time did."""


@event
class TeamMemberAdded(Event):
    """Somebody is in a team."""

    person_id: PersonId
    """Who came."""
    team_id: Identifier
    role: Code
    """owner, developer or viewer."""
    granted_by: PersonId
    """Who had invited them."""


@event
class TeamMemberChanged(Event):
    """A member has another role."""

    person_id: PersonId
    """Whose role it is."""
    team_id: Identifier
    role: Code
    """owner, developer or viewer."""
    changed_by: PersonId


@event
class TeamMemberRemoved(Event):
    """Somebody is in a team no more."""

    person_id: PersonId
    """Who went."""
    team_id: Identifier
    ended_by: PersonId
    """Who did it; the same person when they left by themselves."""


@event
class AppMade(Event):
    """A team has an app more. What its registration says is in the events of its client."""

    app_id: Identifier
    team_id: Identifier
    kind: Code
    """A row of the wizard's table; registered: it came by dynamic registration."""
    person_id: PersonId | None = None
    """Who made it; by dynamic registration who made the token."""
    client_id: Identifier | None = None
    """Absent in drafts, which have no client yet."""


@event
class AppPaused(Event):
    """A team has stopped its own app: nobody signs in to it, and its tokens open nothing."""

    person_id: PersonId
    """Who did it."""
    app_id: Identifier
    client_id: Identifier


@event
class AppResumed(Event):
    """A team lets its own app go on."""

    person_id: PersonId
    """Who did it."""
    app_id: Identifier
    client_id: Identifier


@event
class AppWatched(Event):
    """A member of its team has the requests of an app noted, for half an hour from now."""

    person_id: PersonId
    """Who did it."""
    app_id: Identifier
    client_id: Identifier


@event
class AppUnwatched(Event):
    """A member of its team has that ended before its time."""

    person_id: PersonId
    """Who did it."""
    app_id: Identifier
    client_id: Identifier


@event
class AppDeleted(Event):
    """A team has taken an app of its away, with all that hung on it."""

    person_id: PersonId
    """Who did it."""
    app_id: Identifier
    team_id: Identifier
    client_id: Identifier | None = None
    """Absent of a draft."""


@event
class DeveloperRefused(Event):
    """A person tried something in the developers' console, and it was refused."""

    person_id: PersonId
    act: Code
    reason: Code
    team_id: Identifier | None = None
    app_id: Identifier | None = None
