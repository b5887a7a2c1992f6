"""Why something about a mandate is not done. Pages have words for each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from idp.audit.context import AuditContext
from idp.audit.events.mandates import MandateRefusedTo
from idp.audit.fields import Event

Append = Callable[[Event, AuditContext], None]


class Refusal(StrEnum):
    NOT_FOUND = "not_found"
    """There is none, it is over, or whoever asks has no say in it: nobody learns which."""
    NOT_YOURS = "not_yours"
    """It rests on what a register says; only the register takes it away."""
    NO_STANDING = "no_standing"
    """Whoever would give it may not (any more), or not this."""
    LEVEL = "level"
    """The sign-in is not sure enough of the person."""
    LIMIT = "limit"
    """There are as many as there may be."""
    TOO_DEEP = "too_deep"
    """The ladder would have more rungs than one may have."""
    MATTERS = "matters"
    """Not known here, not for this kind of mandate, or more than whoever gives them has."""
    TOO_LONG = "too_long"
    """Over already, longer than the settings allow, or longer than the mandate of whoever gives it."""
    ALREADY_INVITED = "already_invited"
    ALREADY_HELD = "already_held"
    """From the same hand, or for the same person."""
    ONESELF = "oneself"
    OF_AGE = "of_age"
    """A child that is none any more acts for itself."""
    TOO_MANY_INVITATIONS = "too_many_invitations"
    """In one day."""
    NOT_ACTIVE = "not_active"
    """The organisation is not, by the register's last word."""
    ACCEPTANCE_LEVEL = "acceptance_level"
    """Not a level that an organisation may ask for."""


class MandateRefused(Exception):
    def __init__(self, reason: Refusal, *, detail: str | None = None) -> None:
        """`detail`: what the person is not told; a word for the audit log."""
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail


@contextmanager
def noting(append: Append, act: str, person_id: str, context: AuditContext) -> Iterator[None]:
    """Around the transaction of an act: what is refused is an event, although nothing was done.

    `append`: of the audit log, called while no transaction is held.
    """
    try:
        yield
    except MandateRefused as refused:
        append(MandateRefusedTo(person_id, act, refused.detail or refused.reason.value), context)
        raise
