"""Finding alerts, and how their rules have done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from idp.detection.models import Alert, AlertStatus

UNCLOSED = (AlertStatus.OPEN.value, AlertStatus.ACKNOWLEDGED.value)
Cursor = tuple[datetime, str]
"""`opened_at` and `id` of the last alert that was shown."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list asks for; what is None does not matter. Without statuses: all."""

    statuses: tuple[str, ...] = UNCLOSED
    severity: str | None = None
    rule: str | None = None
    subject: tuple[str, str] | None = None
    """Kind and id."""

    def conditions(self) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.statuses:
            wanted.append(Alert.status.in_(self.statuses))
        if self.severity is not None:
            wanted.append(Alert.severity == self.severity)
        if self.rule is not None:
            wanted.append(Alert.rule == self.rule)
        if self.subject is not None:
            kind, name = self.subject
            wanted += [Alert.subject_kind == kind, Alert.subject == name]
        return wanted


@dataclass(frozen=True, slots=True)
class Done:
    """How a rule has done in a time: alerts raised, and of those what they were."""

    raised: int = 0
    outcomes: tuple[tuple[str, int], ...] = ()
    """Of those that were closed: each outcome and how often, the most frequent first."""

    @property
    def closed(self) -> int:
        return sum(count for _outcome, count in self.outcomes)

    def share(self, *outcomes: str) -> float | None:
        """Of the closed ones those with such an outcome; None where none was closed."""
        if not self.closed:
            return None
        return sum(count for outcome, count in self.outcomes if outcome in outcomes) / self.closed


def listed(session: Session, sought: Sought, after: Cursor | None, at_most: int) -> Sequence[Alert]:
    """The newest first, behind the cursor."""
    wanted = sought.conditions()
    if after is not None:
        at, alert_id = after
        same = and_(Alert.opened_at == at, Alert.id < alert_id)
        wanted += [Alert.opened_at <= at, or_(Alert.opened_at < at, same)]
    newest = (Alert.opened_at.desc(), Alert.id.desc())
    return session.scalars(select(Alert).where(*wanted).order_by(*newest).limit(at_most)).all()


def by_rule(session: Session, since: datetime) -> dict[str, Done]:
    """Of the alerts that were raised from a moment on."""
    query = (
        select(Alert.rule, Alert.outcome, func.count())
        .where(Alert.opened_at >= since)
        .group_by(Alert.rule, Alert.outcome)
    )
    counted: dict[str, dict[str | None, int]] = {}
    for rule, outcome, count in session.execute(query):
        counted.setdefault(rule, {})[outcome] = count
    return {
        rule: Done(sum(found.values()), _ordered({one: count for one, count in found.items() if one}))
        for rule, found in counted.items()
    }


def _ordered(counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
