"""Why something about a mandate is not done. Pages have words for each."""

from enum import StrEnum


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
    TOO_MANY_INVITATIONS = "too_many_invitations"
    """In one day."""
    NOT_ACTIVE = "not_active"
    """The organisation is not, by the register's last word."""
    ACCEPTANCE_LEVEL = "acceptance_level"
    """Not a level that an organisation may ask for."""


class MandateRefused(Exception):
    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason
