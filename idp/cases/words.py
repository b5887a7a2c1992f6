"""The vocabulary of cases. Stored and in the log, so a value never changes its meaning."""

from enum import StrEnum
from typing import Final, get_args

from idp.detection.findings import SubjectKind


class CaseKind(StrEnum):
    """What it looks like when it is opened."""

    ACCOUNT_ATTACK = "account_attack"
    """Somebody tries to get into accounts of others, or has got in."""
    FALSE_IDENTITY = "false_identity"
    """Somebody passes for another person: faces, documents, licences."""
    CLIENT_MISUSE = "client_misuse"
    """An app does what it may not, or somebody has its keys."""
    STAFF_CONDUCT = "staff_conduct"
    """Somebody of the staff did what they had no reason for."""
    REPORTED = "reported"
    """A person says: this was not me."""
    OTHER = "other"


class CaseStatus(StrEnum):
    OPEN = "open"
    WAITING = "waiting"
    """For an answer from outside the desk: a person, a client's developer, another office."""
    CLOSED = "closed"


class Outcome(StrEnum):
    """What it was, as far as anybody knows when it is closed."""

    CONFIRMED_ATTACK = "confirmed_attack"
    CONFIRMED_MISUSE = "confirmed_misuse"
    FALSE_ALARM = "false_alarm"
    """What was noticed did not happen: the rule is wrong."""
    HARMLESS = "harmless"
    """It happened, and there is an explanation."""
    REFERRED = "referred"
    """Somebody else goes on with it: the police, another office."""
    UNRESOLVED = "unresolved"


class Deed(StrEnum):
    """A line of a case's history."""

    OPENED = "opened"
    ASSIGNED = "assigned"
    LAID_DOWN = "laid_down"
    """Nobody has it any more."""
    NOTED = "noted"
    WAITING = "waiting"
    RESUMED = "resumed"
    GRADED = "graded"
    """Another severity."""
    SUBJECT_ADDED = "subject_added"
    ALERT_ADDED = "alert_added"
    MEASURE_TAKEN = "measure_taken"
    CLOSED = "closed"
    REOPENED = "reopened"


SUBJECT_KINDS: Final = frozenset({*get_args(SubjectKind), "session"})
