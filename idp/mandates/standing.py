"""Whether a mandate stands now: one statement over its whole ladder, asked at each use.

A mandate stands while nothing from it up to its root has ended or expired, everybody on the way has an active
account, and the root is still true by the register's last word: the legal representative's blind index is
that of a document of the root's person, and the register has spoken lately; or, of a guardian, the
population register has. What stood when it was granted counts for nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from idp.business.models import MAY_BE_ACTED_FOR, Organisation
from idp.mandates.models import BUSINESS_ROLES, Mandate, Role
from idp.people.models import IdentityDocument, Person, PersonStatus
from idp.storage.base import UtcDateTime
from idp.storage.prepared import Prepared

DEEPEST = 4
"""Rungs of a ladder at most: legal representative, administrator, agent, and an agent's agent."""
HELD_AT_MOST = 200
"""Mandates of one person that are looked at, the latest."""

HELD: Any = Mandate
ABOVE: tuple[Any, ...] = tuple(aliased(Mandate, name=f"above_{rung}") for rung in range(1, DEEPEST))
NOW = bindparam("now", type_=UtcDateTime())


@dataclass(frozen=True, slots=True)
class Standing:
    """A mandate that stands now, as far as its whole ladder lets it."""

    mandate_id: str
    role: Role
    person_id: str
    organisation_id: str | None
    principal_id: str | None
    matters: tuple[str, ...]
    """Empty: all business."""
    expires_at: datetime | None
    """The earliest of the ladder."""
    may_pass_on: bool
    """Whether its holder may appoint others below."""
    depth: int = 1
    """Rungs from the root, which is 1."""

    def covers(self, matter: str) -> bool:
        return not self.matters or matter in self.matters

    @property
    def is_business(self) -> bool:
        """Stands for the organisation as a whole; the others act as somebody's agent."""
        return self.role in BUSINESS_ROLES


def standing(where: Connection | Engine, mandate_id: str, now: datetime) -> Standing | None:
    """None when it does not stand, for whatever reason, or there is none."""
    row = STANDING.one(where, {"mandate": mandate_id, "now": now})
    return None if row is None else from_row(row)


def held_by(connection: Connection, person_id: str, now: datetime) -> tuple[Standing, ...]:
    """What a person may do for others now, the oldest first."""
    rows = connection.execute(HELD_BY, {"person": person_id, "now": now}).all()
    found = (from_row(row) for row in reversed(rows))
    return tuple(one for one in found if one is not None)


def all_for(connection: Connection, organisation_id: str, now: datetime) -> tuple[Standing, ...]:
    """Who may act for an organisation now, the oldest first: its whole ladder in one statement."""
    rows = connection.execute(ALL_FOR, {"organisation": organisation_id, "now": now}).all()
    found = (from_row(row) for row in rows)
    return tuple(one for one in found if one is not None)


def from_row(row: Any) -> Standing | None:
    """Of `LADDERS`. None when the ladder's rungs have no matter in common."""
    above = [
        (row.matters_1, row.expires_at_1, row.id_1),
        (row.matters_2, row.expires_at_2, row.id_2),
        (row.matters_3, row.expires_at_3, row.id_3),
    ]
    above = [rung for rung in above if rung[2] is not None]
    matters = common_matters([row.matters, *(rung[0] for rung in above)])
    if matters is None:
        return None
    ends = [row.expires_at, *(rung[1] for rung in above)]
    depth = 1 + len(above)
    return Standing(
        mandate_id=row.id,
        role=Role(row.role),
        person_id=row.person_id,
        organisation_id=row.organisation_id,
        principal_id=row.principal_id,
        matters=matters,
        expires_at=min((end for end in ends if end is not None), default=None),
        may_pass_on=bool(row.may_pass_on) and depth < DEEPEST,
        depth=depth,
    )


def common_matters(rungs: Iterable[Iterable[str]]) -> tuple[str, ...] | None:
    """What all rungs allow, in the lowest one's order: an empty rung allows everything, and so does an empty
    result; None allows nothing."""
    common: tuple[str, ...] = ()
    for rung in map(tuple, rungs):
        if not rung:
            continue
        both = tuple(matter for matter in common if matter in rung) if common else rung
        if not both:
            return None
        common = both
    return common


def _is_alive(rung: Any) -> ColumnElement[bool]:
    """Of one rung by itself."""
    active = exists().where(Person.id == rung.person_id, _has_been_active_since(rung.granted_at))
    return and_(
        rung.ended_at.is_(None),
        or_(rung.expires_at.is_(None), rung.expires_at > NOW),
        or_(rung.confirmed_until.is_(None), rung.confirmed_until > NOW),
        active,
    )


def _has_been_active_since(granted_at: Any) -> ColumnElement[bool]:
    """Who has closed their account and enrolled again has no mandates of before."""
    return and_(
        Person.status == PersonStatus.ACTIVE,
        or_(Person.closed_at.is_(None), Person.closed_at < granted_at),
    )


def _represents(person_id: ColumnElement[str]) -> ColumnElement[bool]:
    """A document of the person bears the number that the register last named."""
    named = Organisation.representative_index, Organisation.representative_index_next
    return (
        exists()
        .where(
            IdentityDocument.person_id == person_id,
            or_(IdentityDocument.number_index.in_(named), IdentityDocument.number_index_next.in_(named)),
        )
        .correlate(Organisation, Mandate, *ABOVE)
    )


def _root_is_true() -> ColumnElement[bool]:
    principal = exists().where(Person.id == HELD.principal_id)
    for_organisation = and_(
        HELD.organisation_id.is_not(None),
        MAY_BE_ACTED_FOR,
        Organisation.trusted_until > NOW,
        _of_top("role") == Role.LEGAL_REPRESENTATIVE,
        _represents(_of_top("person_id")),
    )
    for_person = and_(
        HELD.organisation_id.is_(None),
        HELD.parent_id.is_(None),
        or_(
            and_(HELD.role == Role.RELATIVE, principal.where(_has_been_active_since(HELD.granted_at))),
            and_(
                HELD.role == Role.GUARDIAN,
                HELD.confirmed_until.is_not(None),
                # Who is cared for may have no account, or have closed it.
                principal.where(
                    or_(Person.status == PersonStatus.ACTIVE, Person.status == PersonStatus.CLOSED)
                ),
            ),
        ),
    )
    return or_(for_organisation, for_person)


def _of_top(column: str) -> Any:
    """A column of the ladder's highest rung."""
    return func.coalesce(*(getattr(rung, column) for rung in (*reversed(ABOVE), HELD)))


def _ladders() -> Any:
    """Mandates whose ladder stands, with what each rung allows."""
    columns = [
        column.label(f"{name}_{rung}")
        for rung, above in enumerate(ABOVE, 1)
        for name, column in (("id", above.id), ("matters", above.matters), ("expires_at", above.expires_at))
    ]
    own = (HELD.id, HELD.role, HELD.person_id, HELD.organisation_id, HELD.principal_id)
    query = select(*own, HELD.matters, HELD.expires_at, HELD.may_pass_on, *columns)
    query = query.outerjoin(Organisation, Organisation.id == HELD.organisation_id)
    conditions = [_is_alive(HELD), _root_is_true()]
    below = HELD
    for above in ABOVE:
        is_next = and_(above.id == below.parent_id, above.organisation_id == below.organisation_id)
        query = query.outerjoin(above, and_(is_next, _is_alive(above)))
        conditions.append(or_(below.parent_id.is_(None), above.id.is_not(None)))
        below = above
    # A ladder that is longer than any may be has a rung that was not looked at.
    return query.where(*conditions, below.parent_id.is_(None))


LADDERS = _ladders()
STANDING = Prepared(LADDERS.where(HELD.id == bindparam("mandate")))
HELD_BY = (
    LADDERS.where(HELD.person_id == bindparam("person"))
    .order_by(HELD.granted_at.desc(), HELD.id.desc())
    .limit(HELD_AT_MOST)
)
ALL_FOR = LADDERS.where(HELD.organisation_id == bindparam("organisation")).order_by(HELD.granted_at, HELD.id)
