"""The table of sessions.

A row is found by the digest of the cookie's secret. The secret changes with every proof, the id stays;
relying parties know it by a pairwise `sid` (`idp.oidc.subjects`). Expiries are kept where the worker can
sweep them.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.people.models import Person
from idp.session_proofs import Proof, level_proved
from idp.settings import Protocol
from idp.storage.base import Base, Id

LICENSED = text("licence_of IS NOT NULL")


class BrowserSession(Base):
    __tablename__ = "browser_sessions"
    __table_args__ = (
        Index(
            "ix_browser_sessions_licence_of", "licence_of", sqlite_where=LICENSED, postgresql_where=LICENSED
        ),
    )

    sid: Mapped[str] = mapped_column(Id, primary_key=True)
    """No secret, never changes, and leaves only as the pairwise `sid` claim that follows from it."""
    secret_digest: Mapped[str] = mapped_column(String(43), unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    proofs_json: Mapped[list[dict[str, Any]]] = mapped_column("proofs", JSON)
    opened_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    licence_of: Mapped[str | None] = mapped_column(Id)
    """The organisation with whose licence the person last proved who they are in it."""
    opened_from: Mapped[str | None] = mapped_column(String(32), index=True)
    """The address of the last proof (`idp.ranges.key_of`), as long as the session lives: so that all of a
    range can be ended. None: it came without one."""

    @property
    def proofs(self) -> tuple[Proof, ...]:
        return tuple(Proof.from_json(value) for value in self.proofs_json)


def level_of(opened: BrowserSession, person: Person, now: datetime, settings: Protocol) -> int:
    """The level that this session has now."""
    return level_proved(
        opened.proofs, account_level=person.level, now=now, presence_seconds=settings.presence_seconds
    )


def expires_at(opened_at: datetime, now: datetime, settings: Protocol) -> datetime:
    """When a session ends that is used now, and not again."""
    absolute = opened_at + timedelta(seconds=settings.session_absolute_seconds)
    return min(absolute, now + timedelta(seconds=settings.session_idle_seconds))
