"""A rule on what the log holds already, before anybody is woken by it: no alert is raised."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine as Database

from idp.audit.paging import Span, in_order
from idp.audit.recorded import Recorded
from idp.detection.engine import Engine
from idp.detection.findings import Finding
from idp.detection.rules import Rule
from idp.detection.watching import Surroundings


@dataclass(frozen=True, slots=True)
class Tried:
    """What the rule would have found."""

    events: int
    """That were read."""
    findings: tuple[Finding, ...]
    """The first of them, in the order of the log."""
    found: int
    """How many there were in all."""
    subjects: int
    """How many different ones: about so many alerts there would have been."""
    off: str | None = None
    """Why the rule does not run, if it does not."""


def try_rule(
    database: Database,
    rule: Rule,
    span: Span,
    surroundings: Surroundings | None = None,
    *,
    at_most: int = 1000,
) -> Tried:
    """Reads all of the span; what began before it is not remembered. One that is off is tried too."""
    return try_on(in_order(database, span), rule, surroundings, at_most=at_most)


def try_on(
    events: Iterable[Recorded], rule: Rule, surroundings: Surroundings | None = None, *, at_most: int = 1000
) -> Tried:
    engine = Engine([rule.model_copy(update={"enabled": True})], surroundings)
    kept: list[Finding] = []
    subjects: dict[str, datetime] = {}
    count = found = 0
    for event in events:
        count += 1
        for finding in engine.feed(event):
            found += 1
            subjects.setdefault(finding.subject, finding.first_at)
            if len(kept) < at_most:
                kept.append(finding)
    return Tried(count, tuple(kept), found, len(subjects), engine.off.get(rule.name))
