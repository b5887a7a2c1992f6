"""The table of alerts. A subject is an id or an address, never a number or a name."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base, Id


class AlertStatus(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    """Somebody looks into it."""
    CLOSED = "closed"


class Alert(Base):
    """What a rule found of one subject, however often, until it was closed and the cool-down is over."""

    __tablename__ = "alerts"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    rule: Mapped[str] = mapped_column(String(64))
    severity: Mapped[str] = mapped_column(String(16))
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(128))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    count: Mapped[int]
    """Events that it rests on, of all its findings."""
    event_ids: Mapped[list[str]]
    """Of the last of them; the very last made the latest finding."""
    facts: Mapped[dict[str, Any]]
    """Of the latest finding."""
    status: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str | None] = mapped_column(String(32))
    """What it was, once it is closed: as of cases."""
    case_id: Mapped[str | None] = mapped_column(Id)
    opened_at: Mapped[datetime]
    """When it was found, which is after it happened."""
    changed_at: Mapped[datetime]
    """When its status changed last, or a finding was added to it."""
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_alerts_rule_subject", "rule", "subject"),
        Index("ix_alerts_status_opened_at", "status", "opened_at"),
        Index("ix_alerts_subject", "subject"),
        Index("ix_alerts_case_id", "case_id"),
    )
