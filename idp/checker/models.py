"""Tables of what is checked of an app, and of the last few reports."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base, Id

UNDER_WAY = text("state IN ('waiting', 'running')")


class RunState(StrEnum):
    WAITING = "waiting"
    """For a worker."""
    RUNNING = "running"
    DONE = "done"
    BROKEN = "broken"
    """It was interrupted, or could not begin."""


class RunBy(StrEnum):
    """Who looked, which says how far a report can be believed."""

    SERVER = "server"
    DEVELOPER = "developer"
    """On a machine of their own: what the report says, they may have written by hand."""


class CheckerSetup(Base):
    """Where an app is to be looked at. One an app, from the first time that somebody says so."""

    __tablename__ = "checker_setups"

    app_id: Mapped[str] = mapped_column(ForeignKey("apps.id", ondelete="CASCADE"), primary_key=True)
    sign_in_url: Mapped[str] = mapped_column(String(500))
    """Empty as long as nobody has said it; so is the next."""
    page_url: Mapped[str] = mapped_column(String(500))
    marker: Mapped[str] = mapped_column(String(100))
    badge_id: Mapped[str] = mapped_column(String(43), unique=True)
    """Random: the badge's address tells nothing of the app, and cannot be guessed."""
    badge_is_public: Mapped[bool]
    token_digest: Mapped[str | None] = mapped_column(String(43), unique=True)
    """Of the token by which a command line brings its reports. None: there is none."""
    token_made_at: Mapped[datetime | None]
    token_made_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    """The token is good as long as they may develop in the app's team."""


class CheckerRun(Base):
    """One run and its report. An app keeps its last few: the oldest go when a new one comes."""

    __tablename__ = "checker_runs"
    __table_args__ = (
        Index("ix_checker_runs_app_id", "app_id"),
        Index(
            "uq_checker_runs_under_way",
            "app_id",
            unique=True,
            sqlite_where=UNDER_WAY,
            postgresql_where=UNDER_WAY,
        ),
        Index("ix_checker_runs_state", "state"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    app_id: Mapped[str] = mapped_column(ForeignKey("apps.id", ondelete="CASCADE"))
    by: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any] | None]
    """While it runs: the results so far."""
    failure: Mapped[str | None] = mapped_column(String(32))
    """Why it is broken: a word of ours."""
