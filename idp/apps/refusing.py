"""Why something in the developers' console is not done. Pages have words for each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from idp.audit.context import AuditContext
from idp.audit.events.developers import DeveloperRefused
from idp.audit.fields import Event

Append = Callable[[Event, AuditContext], None]


class Refusal(StrEnum):
    NOT_FOUND = "not_found"
    """There is none, it is over, or it is somebody else's: nobody learns which."""
    ROLE = "role"
    """Their role in the team does not go so far (any more)."""
    NO_STANDING = "no_standing"
    """Whoever would come in may not act for the organisation."""
    LAST_OWNER = "last_owner"
    """Nobody would own the team any more."""
    BY_LAW = "by_law"
    """Who stands for the organisation owns its team, and everybody owns their own."""
    ALREADY = "already"
    """They are in the team, or the organisation has one."""
    TOO_MANY_TEAMS = "too_many_teams"
    TOO_MANY_MEMBERS = "too_many_members"
    TOO_MANY_INVITATIONS = "too_many_invitations"
    TOO_MANY_APPS = "too_many_apps"
    TOO_MANY_TOKENS = "too_many_tokens"
    TEXT = "text"
    """Nothing that shows, or too long."""
    STATE = "state"
    """The app is not in a state in which that can be done: frozen, or stopped by somebody else."""


class DeveloperDeedRefused(Exception):
    """It may not be done, for `reason`; of what it was is for the event alone."""

    def __init__(self, reason: Refusal, *, team_id: str | None = None, app_id: str | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.team_id = team_id
        self.app_id = app_id


@contextmanager
def noting(append: Append, act: str, person_id: str, context: AuditContext) -> Iterator[None]:
    """Around the transaction of an act: what is refused is an event, although nothing was done.

    `append`: of the audit log, called while no transaction is held.
    """
    try:
        yield
    except DeveloperDeedRefused as refused:
        event = DeveloperRefused(
            person_id, act, refused.reason.value, team_id=refused.team_id, app_id=refused.app_id
        )
        append(event, context)
        raise
