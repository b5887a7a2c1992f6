"""The table of requests to go live, or to change an app that is live already."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base, Id

OPEN = text("state = 'open'")


class RequestState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    LESSENED = "approved-less"
    """Approved, and less than was asked for."""
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """By its team."""


class AppRequest(Base):
    """What a team wants of an app, as it stood when they asked. One at a time an app."""

    __tablename__ = "app_requests"
    __table_args__ = (
        Index("ix_app_requests_app_id", "app_id"),
        Index("uq_app_requests_open", "app_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    app_id: Mapped[str] = mapped_column(ForeignKey("apps.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(16), index=True)
    number: Mapped[int]
    """Of the version of the registration, or of the draft, that the request began at."""
    fields: Mapped[dict[str, Any]]
    """The whole registration that is asked for, under its registered names."""
    reasons: Mapped[dict[str, Any]]
    """Why each scope."""
    checks: Mapped[dict[str, Any]]
    """What the machine found when it was asked: each item of the checklist, and its outcome."""
    seen: Mapped[dict[str, Any]]
    """Of the app in the sandbox, by the sandbox's word; empty where it brought no package."""
    note: Mapped[str] = mapped_column(String(1000))
    """Of the team, to whoever decides."""
    asked_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(Id)
    """Of the staff, or of the person who withdrew it."""
    decided_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(String(1000))
    """Of whoever decided, to the team."""
    granted: Mapped[dict[str, Any] | None]
    """The registration that was approved."""
