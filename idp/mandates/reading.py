"""Mandates to be read by those whom they concern: what there is now, and what there was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from idp.mandates.invitations import is_open
from idp.mandates.models import Mandate, MandateInvitation

LIVE_AT_MOST = 6000
"""More than any organisation may have: a bound, and no page."""
HISTORY_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that became of a mandate."""

    at: datetime
    mandate: Mandate
    is_end: bool
    """It ended, for `mandate.ended_reason`, by `mandate.ended_by`; else it was granted, by `granted_by`."""


def of_organisation(session: Session, organisation_id: str) -> Sequence[Mandate]:
    """What has not ended, in the order of granting; whether it stands says `standing`."""
    return _live(session, Mandate.organisation_id == organisation_id)


def given_by(session: Session, principal_id: str) -> Sequence[Mandate]:
    """Who may act for a person."""
    return _live(session, Mandate.principal_id == principal_id)


def held_by(session: Session, person_id: str) -> Sequence[Mandate]:
    """For whom a person may act, also where it does not stand now."""
    return _live(session, Mandate.person_id == person_id)


def open_invitations_of_organisation(
    session: Session, organisation_id: str, now: datetime
) -> Sequence[MandateInvitation]:
    """Those that nobody has answered, the latest first."""
    return _open_invitations(session, MandateInvitation.organisation_id == organisation_id, now)


def open_invitations_of_person(
    session: Session, principal_id: str, now: datetime
) -> Sequence[MandateInvitation]:
    """Those to act for a person."""
    return _open_invitations(session, MandateInvitation.principal_id == principal_id, now)


def history_of_organisation(
    session: Session, organisation_id: str, *, before: datetime | None = None
) -> list[Happened]:
    """What was granted and what ended, the latest first; `before`: further back than this."""
    return _history(session, Mandate.organisation_id == organisation_id, before)


def history_of_person(session: Session, person_id: str, *, before: datetime | None = None) -> list[Happened]:
    """Of what a person held, and of who could act for them."""
    return _history(session, or_(Mandate.person_id == person_id, Mandate.principal_id == person_id), before)


def _live(session: Session, which: ColumnElement[bool]) -> Sequence[Mandate]:
    query = select(Mandate).where(which, Mandate.ended_at.is_(None))
    return session.scalars(query.order_by(Mandate.granted_at, Mandate.id).limit(LIVE_AT_MOST)).all()


def _open_invitations(
    session: Session, which: ColumnElement[bool], now: datetime
) -> Sequence[MandateInvitation]:
    query = select(MandateInvitation).where(which, *is_open(now)).order_by(MandateInvitation.id.desc())
    return session.scalars(query.limit(LIVE_AT_MOST)).all()


def _history(session: Session, which: ColumnElement[bool], before: datetime | None) -> list[Happened]:
    """The latest of each kind are enough to tell the latest of both."""
    found: list[Happened] = []
    for moment, is_end in ((Mandate.granted_at, False), (Mandate.ended_at, True)):
        query = select(Mandate, moment).where(which, moment.is_not(None))
        if before is not None:
            query = query.where(moment < before)
        rows = session.execute(query.order_by(moment.desc(), Mandate.id.desc()).limit(HISTORY_AT_ONCE))
        found += [Happened(at, mandate, is_end) for mandate, at in rows if at is not None]
    found.sort(key=lambda one: (one.at, one.is_end, one.mandate.id), reverse=True)
    return found[:HISTORY_AT_ONCE]
