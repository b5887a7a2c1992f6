"""Grants with offline access: one row each, which lives as long as it is used."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    Engine,
    ForeignKey,
    Index,
    String,
    Text,
    and_,
    bindparam,
    delete,
    or_,
    select,
    text,
    update,
)
from sqlalchemy import exists as exists_
from sqlalchemy.orm import Mapped, Session, mapped_column

from idp.audit.insertion import Living
from idp.mandates import standing as mandates
from idp.oidc.acting import wearing
from idp.oidc.acting.wearing import NotWorn
from idp.oidc.clients.fields.scope import OFFLINE_ACCESS
from idp.oidc.sharing import Consent
from idp.people.models import Person, PersonStatus
from idp.storage.base import Base, Id, UtcDateTime
from idp.storage.database import deleted
from idp.storage.prepared import Prepared

TOUCHED_EVERY = timedelta(days=1)
"""Use is written down this often: an idle limit of weeks needs no write for every refresh."""
ACTING = text("mandate_id IS NOT NULL")
LOOKED_AT_AT_MOST = 20
"""Grants of one person to one client, the latest."""


class OfflineGrant(Base):
    __tablename__ = "offline_grants"
    __table_args__ = (
        Index("ix_offline_grants_mandate_id", "mandate_id", sqlite_where=ACTING, postgresql_where=ACTING),
    )

    id: Mapped[str] = mapped_column(String(43), primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.client_id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    consent_id: Mapped[str] = mapped_column(Id)
    session_id: Mapped[str] = mapped_column(Id)
    """Of the sign-in that it began with; the grant outlives it."""
    claims: Mapped[str] = mapped_column(Text)
    """The `claims` parameter, or nothing."""
    scopes: Mapped[list[str]] = mapped_column(JSON)
    resources: Mapped[list[str]] = mapped_column(JSON)
    """Where its access tokens are to be used (RFC 8707)."""
    details: Mapped[str] = mapped_column(Text)
    """The authorization details (RFC 9396), sealed, or nothing."""
    mandate_id: Mapped[str | None] = mapped_column(Id)
    """On whose strength the person acts for somebody else; None: as themselves."""
    confirmation: Mapped[dict[str, str]] = mapped_column(JSON)
    """The key that a public client's refresh tokens are bound to, as in `cnf`; empty for the others."""
    auth_time: Mapped[int] = mapped_column(BigInteger)
    """Seconds since 1970: of the sign-in that it began with, which every later id_token repeats
    (OpenID Connect Core 1.0 section 12.2). So do the next two."""
    acr: Mapped[str] = mapped_column(String(64))
    amr: Mapped[list[str]] = mapped_column(JSON)
    generation: Mapped[int]
    rotated_at: Mapped[datetime | None]
    used_at: Mapped[datetime]
    """When use was last written down."""
    expires_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Standing:
    """A grant whose person, consent and mandate still stand."""

    id: str
    client_id: str
    person_id: str
    consent_id: str
    session_id: str
    claims: str
    scopes: tuple[str, ...]
    """As far as the consent still covers them."""
    resources: tuple[str, ...]
    details: str
    confirmation: Mapping[str, str]
    auth_time: int
    acr: str
    amr: tuple[str, ...]
    generation: int
    rotated_at: datetime | None
    used_at: datetime
    acting: mandates.Standing | None = None
    """For whom the person acts; None: as themselves."""

    @property
    def mandate_id(self) -> str | None:
        return None if self.acting is None else self.acting.mandate_id

    def covered(self, registered: Collection[str]) -> tuple[str, ...]:
        """Of its scopes, what the client's registration covers, too; none once offline access is gone."""
        scopes = tuple(scope for scope in self.scopes if scope in registered)
        return scopes if OFFLINE_ACCESS in scopes else ()


EXISTS = Prepared(
    select(OfflineGrant.id).where(
        OfflineGrant.id == bindparam("grant"),
        OfflineGrant.expires_at > bindparam("now", type_=UtcDateTime()),
    )
)


STANDING = (
    select(OfflineGrant.__table__, Consent.scopes.label("agreed"))
    .join(Person, and_(Person.id == OfflineGrant.person_id, Person.status == PersonStatus.ACTIVE))
    .join(
        Consent,
        and_(
            Consent.person_id == OfflineGrant.person_id,
            Consent.client_id == OfflineGrant.client_id,
            Consent.id == OfflineGrant.consent_id,
            Consent.expires_at > bindparam("now", type_=UtcDateTime()),
        ),
    )
    .where(OfflineGrant.expires_at > bindparam("now"))
)
FOUND = Prepared(STANDING.where(OfflineGrant.id == bindparam("grant")))
OF_PERSON = (
    STANDING.where(
        OfflineGrant.person_id == bindparam("person"),
        OfflineGrant.client_id == bindparam("client"),
        OfflineGrant.mandate_id.is_(None),
    )
    .order_by(OfflineGrant.used_at.desc(), OfflineGrant.id)
    .limit(LOOKED_AT_AT_MOST)
)


def find(where: Connection | Engine, grant_id: str, now: datetime) -> Standing | None:
    """None when it has ended, or what it rests on has."""
    row = FOUND.one(where, {"grant": grant_id, "now": now})
    if row is None:
        return None
    try:
        return _standing(row, wearing.worn(where, row.mandate_id, row.person_id, now))
    except NotWorn:
        return None


def all_of(connection: Connection, person_id: str, client_id: str, now: datetime) -> list[Standing]:
    """What the person has left open to the client for themselves, the last used first."""
    values = {"person": person_id, "client": client_id, "now": now}
    return [_standing(row, None) for row in connection.execute(OF_PERSON, values)]


def _standing(row: Any, acting: mandates.Standing | None) -> Standing:
    return Standing(
        id=row.id,
        client_id=row.client_id,
        person_id=row.person_id,
        consent_id=row.consent_id,
        session_id=row.session_id,
        claims=row.claims,
        scopes=tuple(scope for scope in row.scopes if scope in row.agreed),
        resources=tuple(row.resources),
        details=row.details,
        confirmation=row.confirmation,
        auth_time=row.auth_time,
        acr=row.acr,
        amr=tuple(row.amr),
        generation=row.generation,
        rotated_at=row.rotated_at,
        used_at=row.used_at,
        acting=acting,
    )


def living(grant_id: str) -> Living:
    """The row of a grant, for an event that must not be written without it."""
    return Living(OfflineGrant.__table__, grant_id)  # type: ignore[arg-type]


def exists(reads: Engine, grant_id: str, now: datetime) -> bool:
    return EXISTS.one(reads, {"grant": grant_id, "now": now}) is not None


def touched(session: Session, found: Standing, now: datetime, *, idle: timedelta) -> None:
    """Keep a grant that is used. The caller commits."""
    session.execute(
        update(OfflineGrant).where(OfflineGrant.id == found.id).values(used_at=now, expires_at=now + idle)
    )


def is_touched(found: Standing, now: datetime) -> bool:
    """Whether its use was written down lately."""
    return now - found.used_at < TOUCHED_EVERY


def end(session: Session, grant_id: str) -> bool:
    """False when there is none. The caller commits."""
    return deleted(session, delete(OfflineGrant).where(OfflineGrant.id == grant_id)) > 0


def end_of_those_who_act(session: Session, mandate_ids: Collection[str]) -> None:
    """End the grants that rest on these mandates. The caller commits."""
    session.execute(delete(OfflineGrant).where(OfflineGrant.mandate_id.in_(mandate_ids)))


def sweep(session: Session, now: datetime) -> int:
    """Drop grants that nobody used for their time, and those whose consent is gone; how many."""
    consents = exists_(select(Consent.id).where(Consent.id == OfflineGrant.consent_id))
    return deleted(session, delete(OfflineGrant).where(or_(OfflineGrant.expires_at <= now, ~consents)))
