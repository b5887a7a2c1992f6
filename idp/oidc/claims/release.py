"""What goes out to a client, and whether it still may: the door that userinfo and the id_token share."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, and_, bindparam, select

from idp.audit.events.protocol import ClaimsReleased
from idp.mandates.standing import Standing
from idp.oidc.acting.authority import authority
from idp.oidc.acting.claim import Named, SaysMore
from idp.oidc.acting.named import named
from idp.oidc.acting.recipients import Tell
from idp.oidc.acting.wearing import NotWorn, worn
from idp.oidc.claims import catalogue, units, verified
from idp.oidc.claims.asked import VERIFIED_CLAIMS, MemberAsked
from idp.oidc.claims.catalogue import ACTING_FOR, AUTHORITY, SealedPerson
from idp.oidc.claims.proved import VERIFIED_LEVEL, Proved, Recipient, prove
from idp.oidc.provider import Provider
from idp.oidc.sharing import Consent
from idp.oidc.token.live_grants import LiveGrant
from idp.people.directory import day_in_china
from idp.people.models import Person, PersonStatus
from idp.sessions import BrowserSession
from idp.storage.base import UtcDateTime
from idp.storage.prepared import Prepared

CONSENT_STANDS = and_(
    Consent.person_id == Person.id,
    Consent.client_id == bindparam("client"),
    Consent.id == bindparam("consent"),
    Consent.expires_at > bindparam("now", type_=UtcDateTime()),
)
SESSION_STANDS = and_(
    BrowserSession.person_id == Person.id,
    BrowserSession.sid == bindparam("sid"),
    BrowserSession.expires_at > bindparam("now", type_=UtcDateTime()),
)
STANDING_OFFLINE = (
    select(
        Person.name_sealed,
        Person.birth_date,
        Person.sex,
        Person.phone_sealed,
        Person.email_sealed,
        Person.level,
        Consent.scopes,
    )
    .join(Consent, CONSENT_STANDS)
    .where(Person.id == bindparam("person"), Person.status == PersonStatus.ACTIVE)
)
OFFLINE = Prepared(STANDING_OFFLINE)
STANDING = Prepared(STANDING_OFFLINE.join(BrowserSession, SESSION_STANDS))
"""One statement for everything that must still stand."""


class NoLongerStands(Exception):
    """The session, the consent, the account or the mandate has ended, or the consent has become narrower."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a grant rests on, while all of it stands."""

    scopes: frozenset[str]
    """What the person allows the client now."""
    acting: Standing | None
    """For whom they act; None: as themselves."""


@dataclass(frozen=True, slots=True, repr=False)
class Released:
    claims: dict[str, Any]
    event: ClaimsReleased | None
    """To be durable before the claims leave; None when nothing of the person does."""
    acting: Standing | None = None
    """For whom the person acts, as it stands now; None: as themselves."""


def release(
    provider: Provider,
    to: Recipient,
    asked: MemberAsked,
    now: datetime,
    *,
    by_scope: bool,
    through: str,
    tell: Tell,
) -> Released:
    """`by_scope`: the claims of the granted scopes are part of it. `tell`: for whom the person acts, which is
    part of it whenever they act for somebody else. Raises NoLongerStands, KeysMissing."""
    row, acting = _standing(provider.reads, to, now)
    bare = None if acting is None else _told_whom(acting, tell)
    agreed, may_ask = frozenset(row.scopes), to.client.metadata.scopes
    by_name = units.releasable(asked, may_ask, agreed)
    granted = tuple(scope for scope in to.scopes if scope in may_ask) if by_scope else ()
    scoped = catalogue.of_scopes(granted)
    person = SealedPerson(
        to.person_id,
        row.name_sealed,
        row.birth_date,
        row.sex,
        row.phone_sealed,
        row.email_sealed,
        is_verified=row.level >= VERIFIED_LEVEL,
    )
    wanted = by_name.union(scoped)
    organisation: Named | None = None
    if acting is not None and not wanted.isdisjoint((ACTING_FOR, AUTHORITY)):
        organisation = named(provider.reads, provider.cipher, acting.organisation_id)
    values = catalogue.values(provider.reads, provider.cipher, person, wanted, day_in_china(now))
    claims = {name: value for name, value in values.items() if _goes_out(name, value, asked, scoped)}
    told = {units.unit_of(name) for name in claims} | set(granted)
    proved: Proved | None = None
    if asked.verified and units.VERIFICATION in agreed:
        proved = prove(provider, to, asked, agreed, now)
    if proved is not None:
        offered = {
            name: value
            for name, value in values.items()
            if name in by_name and units.is_verified(name, may_ask)
        }
        verification = proved.verification
        if acting is not None and bare is not None and organisation is not None and AUTHORITY in by_name:
            offered[AUTHORITY] = authority(acting, bare, organisation)
            verification = replace(verification, organisation_at=organisation.checked_at)
        answered = verified.answer(asked, verification, offered, now)
        if answered.claims is not None:
            claims[VERIFIED_CLAIMS] = answered.claims
            told |= {units.unit_of(name) for name in answered.names} | {units.VERIFICATION}
        if answered.tells_of_face:
            told |= {units.FACE_RECEIPT}
        else:
            proved = None
    if bare is not None:
        # Whatever is not told of it, that it is so always is.
        full = bare if organisation is None else {**bare, **organisation.told()}
        is_full = ACTING_FOR in wanted and _goes_out(ACTING_FOR, full, asked, scoped)
        claims[ACTING_FOR] = full if is_full else bare
        told |= {units.unit_of(ACTING_FOR)} if is_full and organisation is not None else set()
    event = ClaimsReleased(
        client_id=to.client.client_id,
        person_id=to.person_id,
        scopes=tuple(unit for unit in units.UNITS if unit in told),
        purpose=to.client.metadata.purpose_code,
        through=through,
        receipt_id=None if proved is None else proved.receipt_id,
        check_id=None if proved is None else proved.check_id,
        mandate_id=to.mandate_id,
    )
    return Released(claims, event if told - {"openid"} or acting is not None else None, acting)


def stands(
    where: Connection | Engine, grant: LiveGrant, client_id: str, now: datetime, scopes: Collection[str] = ()
) -> bool:
    """Whether all that a grant rests on is still there, and the consent covers these scopes."""
    return ground(where, grant, client_id, now, scopes) is not None


def ground(
    where: Connection | Engine, grant: LiveGrant, client_id: str, now: datetime, scopes: Collection[str] = ()
) -> Ground | None:
    """What all of a grant rests on now; None when some of it is gone, or the consent does not cover these
    scopes."""
    row = _row(where, grant, client_id, now)
    if row is None or not set(scopes) <= set(row.scopes):
        return None
    try:
        return Ground(frozenset(row.scopes), worn(where, grant.mandate_id, grant.person_id, now))
    except NotWorn:
        return None


def _row(where: Connection | Engine, on: Recipient | LiveGrant, client_id: str, now: datetime) -> Any:
    values = {"person": on.person_id, "client": client_id, "consent": on.consent_id, "now": now}
    if on.session_id is None:
        return OFFLINE.one(where, values)
    return STANDING.one(where, values | {"sid": on.session_id})


def _standing(reads: Engine, to: Recipient, now: datetime) -> tuple[Any, Standing | None]:
    row = _row(reads, to, to.client.client_id, now)
    if row is None:
        raise NoLongerStands("the session, the consent or the account has ended")
    if not set(to.scopes) <= set(row.scopes):
        raise NoLongerStands("the consent has been narrowed")
    try:
        acting = worn(reads, to.mandate_id, to.person_id, now)
    except NotWorn:
        raise NoLongerStands("who acted for somebody else may do so no longer") from None
    if not to.client.metadata.accepts(None if acting is None else acting.role):
        raise NoLongerStands("the client does not accept who acts in that role any more")
    return row, acting


def _told_whom(acting: Standing, tell: Tell) -> dict[str, Any]:
    try:
        return tell(acting)
    except SaysMore:
        raise NoLongerStands("the mandate covers less than was granted") from None


def _goes_out(name: str, value: Any, asked: MemberAsked, scoped: Collection[str]) -> bool:
    """By name if it is asked for by name, with the value that it was asked for with; else by scope."""
    return asked.claims[name].accepts(value) if name in asked.claims else name in scoped
