"""Tables of cases. What somebody typed is sealed; everything else is codes and ids."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.storage.base import Base, Id


class Case(Base):
    __tablename__ = "cases"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    """For people, who say it to each other: `2026-14`."""
    kind: Mapped[str] = mapped_column(String(32))
    severity: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    assigned_to: Mapped[str | None] = mapped_column(Id)
    opened_by: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(Integer)
    """How many lines its history has."""

    __table_args__ = (
        Index("ix_cases_assigned_to_status_id", "assigned_to", "status", "id"),
        Index("ix_cases_status_id", "status", "id"),
        Index("ix_cases_closed_at", "closed_at"),
    )


class CaseDeed(Base):
    """A line of the history: written with the change that it tells of, and never changed."""

    __tablename__ = "case_deeds"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    """From 1 on. What the case's version is from then on, so that no two deeds can be the same step."""
    deed: Mapped[str] = mapped_column(String(32))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    about: Mapped[str | None] = mapped_column(String(128))
    """An id: of whom it was given to, of the note, the alert, the measure or the subject."""
    detail: Mapped[str | None] = mapped_column(String(64))
    """A code: the outcome, the severity, the kind of subject or of measure."""


class CaseNote(Base):
    """What an officer wrote. Only ever added to."""

    __tablename__ = "case_notes"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    author: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    text_sealed: Mapped[bytes]
    """Context `case.note:<id>`."""


class CaseSubject(Base):
    """Whom or what a case is about."""

    __tablename__ = "case_subjects"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject: Mapped[str] = mapped_column(String(128), primary_key=True)

    __table_args__ = (Index("ix_case_subjects_kind_subject", "kind", "subject"),)


class CaseNumber(Base):
    """The last number of a year."""

    __tablename__ = "case_numbers"

    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Integer)
