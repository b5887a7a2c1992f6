"""Which deeds there are, to whom each may be done, and which of them can be taken back."""

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """Stored and logged, so a value never changes its meaning."""

    END_SESSIONS = "end_sessions"
    FREEZE = "freeze"
    REENROL = "require_reenrolment"
    BLOCK = "block"


class SubjectKind(StrEnum):
    """As of cases and alerts."""

    SESSION = "session"
    PERSON = "person"
    ORGANISATION = "organisation"
    CLIENT = "client"
    ADDRESS = "address"
    """One, or a range in CIDR notation."""


class Reason(StrEnum):
    ASKED = "asked"
    """By the person, or by who answers for the organisation or the client."""
    STOLEN = "stolen"
    """Somebody else has the means of signing in."""
    ATTACK = "attack"
    FRAUD = "fraud"
    MISCONDUCT = "misconduct"
    """A client does what it may not."""
    ORDER = "order"
    """Of a court or an authority."""
    PRECAUTION = "precaution"
    FALSE_ALARM = "false_alarm"
    SETTLED = "settled"
    OTHER = "other"
    DISOWNED = "disowned"
    """The person says of a sign-in that it was not them."""


REASONS: Final = (
    *(Reason.ATTACK, Reason.STOLEN, Reason.FRAUD, Reason.MISCONDUCT, Reason.ASKED),
    *(Reason.ORDER, Reason.PRECAUTION, Reason.OTHER),
)
"""To choose from for a deed."""
REASONS_BACK: Final = (Reason.SETTLED, Reason.FALSE_ALARM, Reason.ASKED, Reason.ORDER, Reason.OTHER)
"""To choose from for taking one back."""


class State(StrEnum):
    WAITING = "waiting"
    """For a second officer; nothing has been done."""
    REFUSED = "refused"
    """By the second officer, or taken back by the first."""
    LAPSED = "lapsed"
    """Nobody agreed in time."""
    WORKING = "working"
    """In force, and the worker goes on with what it ends."""
    STANDING = "standing"
    """In force, all of it done."""
    DONE = "done"
    """Done, and nothing of it goes on."""
    UNDONE = "undone"
    OVER = "over"
    """Its time has come to an end."""


IN_FORCE: Final = (State.WORKING, State.STANDING)
LASTING: Final = frozenset({Kind.FREEZE, Kind.BLOCK})
"""What holds until it is taken back, or until its time is over."""
POSSIBLE: Final = {
    Kind.END_SESSIONS: (*(SubjectKind.SESSION, SubjectKind.PERSON, SubjectKind.CLIENT, SubjectKind.ADDRESS),),
    Kind.FREEZE: (SubjectKind.PERSON, SubjectKind.ORGANISATION, SubjectKind.CLIENT),
    Kind.REENROL: (SubjectKind.PERSON,),
    Kind.BLOCK: (SubjectKind.ADDRESS,),
}
