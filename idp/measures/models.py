"""The table of measures."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base, Id

UNFINISHED = text("state IN ('waiting', 'working')")


class Measure(Base):
    """A deed of an officer's. The row stays: the log names it by its id."""

    __tablename__ = "measures"
    __table_args__ = (
        Index("ix_measures_subject", "subject_kind", "subject"),
        Index("ix_measures_unfinished", "state", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """Made with the form that asks for it: a form is one deed, however often it is sent."""
    kind: Mapped[str] = mapped_column(String(32))
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(64))
    """The id of a person, an organisation or a client; a session's id; a range of addresses."""
    person_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    """Whose session it is, or who it is."""
    reason: Mapped[str] = mapped_column(String(32))
    note_sealed: Mapped[bytes | None]
    """Context `measure.note:<id>`: in the officer's words."""
    case_id: Mapped[str | None] = mapped_column(Id, index=True)
    state: Mapped[str] = mapped_column(String(16))
    asked_by: Mapped[str] = mapped_column(String(64))
    """The id of a staff account; `operator` for the command line; `person` for the account's own holder."""
    asked_at: Mapped[datetime]
    agreed_by: Mapped[str | None] = mapped_column(String(64))
    """The second officer, who agreed or refused."""
    taken_at: Mapped[datetime | None]
    """From when on it counts."""
    until: Mapped[datetime | None]
    """When it ends by itself; of one that waits, when it lapses."""
    lasts_seconds: Mapped[int | None]
    """For how long it is to hold, from when it is taken."""
    place: Mapped[str | None] = mapped_column(String(64))
    """Up to where its sessions have been ended."""
    ending: Mapped[list[str]]
    """Grants whose rows are gone and whose live keys may not be yet."""
    sessions_ended: Mapped[int] = mapped_column(default=0)
    grants_ended: Mapped[int] = mapped_column(default=0)
    notices: Mapped[int] = mapped_column(default=0)
    """Clients that are told, each of each session."""
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(64))
    undone_reason: Mapped[str | None] = mapped_column(String(32))
