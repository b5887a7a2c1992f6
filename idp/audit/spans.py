"""Stretches of time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement

from idp.audit.models import AuditEvent


@dataclass(frozen=True, slots=True)
class Span:
    """Of time: from a moment on, up to and without another. None: without a bound."""

    begin: datetime | None = None
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        return (self.begin is None or at >= self.begin) and (self.end is None or at < self.end)

    def conditions(self) -> list[ColumnElement[bool]]:
        return [
            *([] if self.begin is None else [AuditEvent.at >= self.begin]),
            *([] if self.end is None else [AuditEvent.at < self.end]),
        ]
