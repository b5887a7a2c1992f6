"""What a rule found: enough to tell somebody, and to find the events again."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
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


def joined(findings: Iterable[Finding], of_a_rule: int) -> list[Finding]:
    """One for each rule and subject, in the order in which they were first found; of each rule so many.

    Who makes one rule find without end pushes out nothing that another found.
    """
    found: dict[tuple[str, str], Finding] = {}
    subjects: Counter[str] = Counter()
    for one in findings:
        key = (one.rule, one.subject)
        if (known := found.get(key)) is not None:
            found[key] = replace(
                one,
                first_at=min(known.first_at, one.first_at),
                last_at=max(known.last_at, one.last_at),
                count=known.count + one.count,
                event_ids=tuple(dict.fromkeys(known.event_ids + one.event_ids))[-EVENTS_AT_MOST:],
            )
        elif subjects[one.rule] < of_a_rule:
            subjects[one.rule] += 1
            found[key] = one
    return list(found.values())
