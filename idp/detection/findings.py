"""What a rule found: enough to tell somebody, and to find the events again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

EVENTS_AT_MOST = 50
"""Ids that a finding names: the last of them."""

SubjectKind = Literal["person", "client", "address", "device", "staff", "issuer", "organisation", "log"]
Fact = str | int | float


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Finding:
    rule: str
    """The rule's name."""
    severity: Severity
    subject_kind: SubjectKind
    subject: str
    """An id, or an address or a network: never a number or a name."""
    first_at: datetime
    last_at: datetime
    count: int
    """How many events it rests on."""
    event_ids: tuple[str, ...]
    """The last of them; the very last is the one that made it a finding."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """What else the rule's kind can tell, such as how many different values there were."""
