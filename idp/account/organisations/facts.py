"""What an organisation's pages show: its people, what was offered, what happened, where it was acted for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.account.mandates.facts import client_name, matter_names, person_name, reason_of, role_of
from idp.account.organisations.place import LADDER, Place
from idp.business.organisation_kinds import OrganisationStatus, OrganisationType
from idp.extensions import services
from idp.locales import gettext as _
from idp.mandates.days import last_day
from idp.mandates.ending import with_all_below
from idp.mandates.models import Mandate, Role
from idp.mandates.reading import (
    HISTORY_AT_ONCE,
    Happened,
    history_of_organisation,
    of_organisation,
    open_invitations_of_organisation,
)
from idp.mandates.standing import all_for
from idp.mandates.uses import uses_for
from idp.people.models import Person
from idp.storage.database import batched

USES_SHOWN = 100

KIND_WORDS = {
    OrganisationType.ENTERPRISE: lambda: _("Enterprise"),
    OrganisationType.INDIVIDUAL_BUSINESS: lambda: _("Individual business"),
    OrganisationType.FARMERS_COOPERATIVE: lambda: _("Farmers' cooperative"),
    OrganisationType.GOVERNMENT_BODY: lambda: _("Government body"),
    OrganisationType.PUBLIC_INSTITUTION: lambda: _("Public institution"),
    OrganisationType.MASS_ORGANISATION: lambda: _("Mass organisation"),
    OrganisationType.SOCIAL_ORGANISATION: lambda: _("Social organisation"),
    OrganisationType.PRIVATE_NON_ENTERPRISE: lambda: _("Social service institution"),
    OrganisationType.FOUNDATION: lambda: _("Foundation"),
    OrganisationType.LEGAL_SERVICE: lambda: _("Legal service"),
    OrganisationType.TRADE_UNION: lambda: _("Trade union"),
    OrganisationType.RELIGIOUS_BODY: lambda: _("Religious body"),
    OrganisationType.RURAL_COLLECTIVE: lambda: _("Rural collective"),
    OrganisationType.REPRESENTATIVE_OFFICE: lambda: _("Representative office"),
    OrganisationType.OTHER: lambda: _("Other organisation"),
}
STATUS_WORDS = {
    OrganisationStatus.ACTIVE: lambda: _("Active"),
    OrganisationStatus.SUSPENDED: lambda: _("Closed for a time"),
    OrganisationStatus.REVOKED: lambda: _("Licence revoked"),
    OrganisationStatus.DISSOLVED: lambda: _("Dissolved"),
    OrganisationStatus.MISSING: lambda: _("Not in the register any more"),
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may act for the organisation, or did."""

    name: str
    role: str
    matters: Sequence[str]
    until: date | None
    may_pass_on: bool
    by: str | None
    """Who appointed them; None: the register names them."""
    is_standing: bool
    is_oneself: bool
    url: str


@dataclass(frozen=True, slots=True)
class Offered:
    """An invitation that nobody has answered."""

    name: str
    role: str
    matters: Sequence[str]
    until: date | None
    answer_by: datetime
    withdraw_url: str


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    words: str
    by: str | None


@dataclass(frozen=True, slots=True)
class UsedBy:
    at: datetime
    client_name: str
    name: str
    role: str


def kind_of(place: Place) -> str:
    return KIND_WORDS[OrganisationType(place.organisation.type)]()


def status_of(place: Place) -> str:
    return STATUS_WORDS[OrganisationStatus(place.organisation.status)]()


def members(session: Session, place: Place, now: datetime) -> list[Member]:
    """Those whom the viewer may see, the higher rungs first; names and ladders by a few statements, however
    many there are."""
    rows = _seen(session, place, of_organisation(session, place.id))
    stands = {one.mandate_id: one for one in all_for(session.connection(), place.id, now)}
    names = _names(session, [one for row in rows for one in (row.person_id, row.granted_by) if one])
    found = []
    for row in sorted(rows, key=lambda row: (LADDER.index(row.role), row.granted_at, row.id)):
        one = stands.get(row.id)
        ends = row.expires_at if one is None else one.expires_at
        found.append(
            Member(
                name=names[row.person_id],
                role=role_of(row.role),
                matters=matter_names(row.matters if one is None else one.matters),
                until=None if ends is None else last_day(ends),
                may_pass_on=row.role == Role.AGENT and row.may_pass_on,
                by=None if row.granted_by is None else names[row.granted_by],
                is_standing=one is not None,
                is_oneself=row.person_id == place.own.person_id,
                url=url_for("account.organisation_mandate", organisation_id=place.id, mandate_id=row.id),
            )
        )
    return found


def offered(session: Session, place: Place, now: datetime) -> list[Offered]:
    """What waits for an answer: all of it to who stands for the organisation, to others what they sent."""
    found = services().mandates.invitations
    return [
        Offered(
            name=found.name_of(row),
            role=role_of(row.role),
            matters=matter_names(row.matters),
            until=None if row.mandate_expires_at is None else last_day(row.mandate_expires_at),
            answer_by=row.expires_at,
            withdraw_url=url_for(
                "account.withdraw_organisation_invitation", organisation_id=place.id, invitation_id=row.id
            ),
        )
        for row in open_invitations_of_organisation(session, place.id, now)
        if place.own.is_business or row.invited_by == place.own.person_id
    ]


def history(session: Session, place: Place, before: datetime | None) -> tuple[list[Event], datetime | None]:
    """What was granted and what ended, latest first; and where the next page begins, if there may be one."""
    found = history_of_organisation(session, place.id, before=before)
    ids = [(one.mandate.person_id, one.mandate.granted_by, one.mandate.ended_by) for one in found]
    names = _names(session, [one for some in ids for one in some if one])
    return [_happened(names, one) for one in found], found[-1].at if len(found) == HISTORY_AT_ONCE else None


def used(session: Session, place: Place) -> list[UsedBy]:
    """The latest sign-ins at portals for the organisation, by whomever."""
    found = uses_for(session.connection(), place.id, USES_SHOWN)
    ids = {one.mandate_id for one in found}
    rows = {row.id: row for row in session.scalars(select(Mandate).where(Mandate.id.in_(ids)))}
    names = _names(session, [row.person_id for row in rows.values()])
    return [
        UsedBy(
            one.at,
            client_name(one.client_id),
            names[rows[one.mandate_id].person_id],
            role_of(rows[one.mandate_id].role),
        )
        for one in found
    ]


def _seen(session: Session, place: Place, rows: Sequence[Mandate]) -> list[Mandate]:
    if place.own.is_business:
        return list(rows)
    below = set(with_all_below(session, [place.own.mandate_id]))
    return [row for row in rows if row.id in below]


def _happened(names: Mapping[str, str], one: Happened) -> Event:
    row = one.mandate
    said = {"name": names[row.person_id], "role": role_of(row.role)}
    if one.is_end:
        words = _("%(name)s, %(role)s: over.", **said)
        if row.ended_reason is not None:
            words += " " + reason_of(row.ended_reason)
    elif row.granted_by is None:
        words = _("%(name)s, %(role)s: named by the business register.", **said)
    else:
        by = names[row.granted_by]
        words = _("%(name)s, %(role)s: accepted the invitation of %(by)s.", by=by, **said)
    ended_by = row.ended_by if one.is_end else None
    return Event(one.at, words, None if ended_by is None else names[ended_by])


def _names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """By a statement for some hundreds: an organisation may have thousands of agents."""
    found: dict[str, str] = {}
    for some in batched(sorted(set(ids))):
        # Held on to, as the session finds by itself only what somebody holds.
        people = session.scalars(select(Person).where(Person.id.in_(some))).all()
        found |= {person.id: person_name(session, person.id) for person in people}
    return found
