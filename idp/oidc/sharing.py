"""Consents: what a person allowed a client to know, for what purpose and until when.

One row a person and client. What the page shows is what the row will say.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, ForeignKey, String, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from idp import sessions
from idp.audit import log as audit
from idp.audit.context import AuditContext
from idp.audit.events.protocol import ConsentGranted, ConsentWithdrawn
from idp.oidc.claims import units
from idp.oidc.clients.fields.scope import SCOPES
from idp.oidc.details.particulars import NOTHING, Particulars
from idp.storage.base import Base, Id, new_id
from idp.storage.database import deleted
from idp.storage.prepared import Prepared

REMEMBERED_AT_MOST = 32
"""Particulars of one consent."""


class Consent(Base):
    __tablename__ = "consents"

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True, type_=Id)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id"), primary_key=True)
    id: Mapped[str] = mapped_column(Id)
    """New when a consent follows a withdrawn one, and when the account has changed hands: what was given on
    the old one does not live again."""
    scopes: Mapped[list[str]]
    """What was allowed: scopes, and the other units of `claims.units`."""
    asked: Mapped[list[str]]
    """What the page asked for: what was left out is not asked for again."""
    purpose: Mapped[str] = mapped_column(String(64))
    """The client's `purpose_code` at that time: a new purpose needs a new consent."""
    particulars: Mapped[dict[str, Any]]
    """Details and purposes that are agreed to as they stand (`details.particulars`): digest -> kind, and
    until when, in seconds since 1970. The latest `REMEMBERED_AT_MOST`."""
    given_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Agreed:
    """A consent, as the rules see it."""

    id: str
    scopes: frozenset[str]
    asked: frozenset[str]
    purpose: str
    given_at: datetime
    expires_at: datetime
    particulars: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def covers(self, wanted: Iterable[str], purpose: str, now: datetime) -> bool:
        """Whether the person has decided on each of these units, for this purpose."""
        return (
            now < self.expires_at
            and self.purpose == purpose
            and all(units.covers(self.asked, unit) for unit in wanted)
        )

    def remembered(self, now: datetime) -> frozenset[str]:
        """Of which particulars it is known that the person agrees to the very same, by their digests."""
        return frozenset(name for name, (_, until) in self.particulars.items() if now.timestamp() < until)

    def allowed(self, scopes: Iterable[str]) -> tuple[str, ...]:
        """What of these scopes the person did allow."""
        return tuple(scope for scope in scopes if scope in self.scopes)


COLUMNS = (
    *(Consent.id, Consent.scopes, Consent.asked, Consent.purpose, Consent.given_at, Consent.expires_at),
    Consent.particulars,
)
AGREED = Prepared(
    select(*COLUMNS).where(Consent.person_id == bindparam("person"), Consent.client_id == bindparam("client"))
)


def agreed(connection: Connection, person_id: str, client_id: str) -> Agreed | None:
    """What the person has agreed to with this client, expired or not."""
    row = AGREED.one(connection, {"person": person_id, "client": client_id})
    return None if row is None else from_row(row)


def from_row(row: Any) -> Agreed:
    """Of one that has `COLUMNS`."""
    return Agreed(
        *(row.id, frozenset(row.scopes), frozenset(row.asked), row.purpose, row.given_at, row.expires_at),
        particulars={name: (kind, until) for name, (kind, until) in row.particulars.items()},
    )


def to_show(asked: Iterable[str], before: Agreed | None, purpose: str, now: datetime) -> tuple[str, ...]:
    """The units of a new consent: what is asked, and what was decided on before and still holds."""
    known = before.asked if before is not None and before.covers((), purpose, now) else frozenset()
    wanted = known | set(asked)
    whole = wanted & set(SCOPES)
    return tuple(
        unit for unit in units.UNITS if unit in wanted and (unit in whole or not units.covers(whole, unit))
    )


def agree(
    session: Session,
    person_id: str,
    client_id: str,
    scopes: tuple[str, ...],
    purpose: str,
    *,
    asked: tuple[str, ...],
    days: int,
    context: AuditContext,
    particulars: Particulars = NOTHING,
) -> None:
    """Record a consent and its event together. The caller commits."""
    expires_at = context.at + timedelta(days=days)
    found = session.get(Consent, (person_id, client_id))
    before: Mapping[str, Any] = {}
    if found is None:
        found = Consent(person_id=person_id, client_id=client_id, id=new_id(context.at))
        session.add(found)
    elif found.purpose == purpose:
        before = found.particulars
    found.particulars = _remembered(before, particulars, context.at, expires_at)
    found.scopes = list(scopes)
    found.asked = list(asked)
    found.purpose = purpose
    found.given_at = context.at
    found.expires_at = expires_at
    event = ConsentGranted(
        *(client_id, person_id, scopes, purpose, days),
        particulars=particulars.kinds,
        particular_digests=particulars.digests,
    )
    audit.record(session, event, context=context)


def _remembered(
    before: Mapping[str, Any], new: Particulars, now: datetime, expires_at: datetime
) -> dict[str, Any]:
    """What is agreed to for good: what was, as long as that was for, and what was shown now."""
    standing = {name: value for name, value in before.items() if now.timestamp() < value[1]}
    until = int(expires_at.timestamp())
    found = {**standing, **{name: [kind, until] for name, kind in new.memorable.items()}}
    latest = sorted(found.items(), key=lambda item: item[1][1], reverse=True)
    return dict(latest[:REMEMBERED_AT_MOST])


def withdraw(session: Session, person_id: str, client_id: str, *, context: AuditContext) -> bool:
    """End a consent: the next userinfo request is refused, the next sign-in asks again, and a client that
    wants to be told of logouts signs the person out."""
    found = session.get(Consent, (person_id, client_id))
    if found is None:
        return False
    session.delete(found)
    sessions.leave(session, person_id, client_id, context.at)
    audit.record(session, ConsentWithdrawn(client_id, person_id), context=context)
    return True


def end_all_of(session: Session, person_id: str, now: datetime) -> None:
    """End a person's sessions and all that clients were given: the account has changed hands, or has ended.

    What was agreed to stands; a grant that somebody else may have begun does not. The caller commits.
    """
    sessions.end_all_of(session, person_id, now)
    end_grants_of(session, person_id, now)


def end_grants_of(session: Session, person_id: str, now: datetime) -> None:
    """Grants rest on a consent by its id: under another one they open nothing. The caller commits."""
    session.execute(update(Consent).where(Consent.person_id == person_id).values(id=new_id(now)))


def of_person(session: Session, person_id: str, now: datetime) -> list[Consent]:
    """The consents that a person can see and withdraw, latest first."""
    statement = (
        select(Consent)
        .where(Consent.person_id == person_id, Consent.expires_at > now)
        .order_by(Consent.given_at.desc())
    )
    return list(session.scalars(statement))


def remembered_kinds(consent: Consent, now: datetime) -> list[str]:
    """Of what was agreed to in detail and for good, each kind once."""
    found = (kind for kind, until in consent.particulars.values() if now.timestamp() < until)
    return sorted(set(found))


def sweep(session: Session, now: datetime) -> int:
    """Drop consents that are over; how many."""
    return deleted(session, delete(Consent).where(Consent.expires_at <= now))
