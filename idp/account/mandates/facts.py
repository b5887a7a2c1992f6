"""What pages say of a mandate, a person's or an organisation's: the other side, in what, until when, used."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from flask import url_for
from sqlalchemy.orm import Session

from idp.business.models import Organisation
from idp.extensions import services
from idp.locales import current_locale
from idp.locales import gettext as _
from idp.mandates.days import last_day
from idp.mandates.models import Mandate, MandateInvitation, Role
from idp.mandates.standing import standing
from idp.mandates.uses import uses
from idp.oidc.acting import words
from idp.oidc.room import provider
from idp.people import directory

USES_SHOWN: Final = 50

REASON_WORDS: Final = {
    "withdrawn": lambda: _("It was withdrawn."),
    "laid_down": lambda: _("Whoever could act gave it up."),
    "ended_by_principal": lambda: _("Whoever was acted for ended it."),
    "expired": lambda: _("Its time was over."),
    "above_ended": lambda: _("What it rested on has ended."),
    "representative_changed": lambda: _("The organisation has another legal representative."),
    "organisation_ended": lambda: _("The organisation is no more, or its licence was revoked."),
    "guardianship_ended": lambda: _("The population register no longer says so, or the child is old enough."),
    "account_ended": lambda: _("An account was closed."),
    "operator": lambda: _("The provider ended it."),
}
"""By `idp.mandates.ending.Reason`."""


@dataclass(frozen=True, slots=True)
class Used:
    client_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """One mandate, or what an invitation would make one, seen by one of its sides."""

    id: str
    role: str
    whom: str
    """The other side's name."""
    is_given: bool
    """The viewer is acted for; otherwise the viewer acts."""
    matters: Sequence[str]
    """Their names; none: all business."""
    since: datetime
    until: date | None
    """The last day."""
    is_standing: bool = True
    used: Used | None = None
    url: str | None = None
    """Where it is looked at or answered; of an invitation that the viewer sent, withdrawn."""
    answer_by: datetime | None = None
    """Of an invitation."""
    reason: str | None = None
    """Why it is over."""
    at: datetime | None = None
    """When it ended."""


def of_mandate(
    session: Session, row: Mandate, *, is_given: bool, now: datetime, last_use: bool = True
) -> Shown:
    stands = None if row.ended_at is not None else standing(session.connection(), row.id, now)
    found = of_uses(session, row.id, 1) if last_use else ()
    return Shown(
        id=row.id,
        role=role_of(row.role),
        whom=person_name(session, row.person_id) if is_given else acted_for(session, row),
        is_given=is_given,
        matters=matter_names(row.matters),
        since=row.granted_at,
        until=_last_day(row.expires_at if stands is None else stands.expires_at),
        is_standing=stands is not None,
        used=found[0] if found else None,
        url=url_for("account.mandate", mandate_id=row.id),
        reason=None if row.ended_reason is None else reason_of(row.ended_reason),
        at=row.ended_at,
    )


def of_invitation(session: Session, row: MandateInvitation, *, is_given: bool) -> Shown:
    """`is_given`: the viewer sent it."""
    return Shown(
        id=row.id,
        role=role_of(row.role),
        whom=services().mandates.invitations.name_of(row) if is_given else acted_for(session, row),
        is_given=is_given,
        matters=matter_names(row.matters),
        since=row.made_at,
        until=_last_day(row.mandate_expires_at),
        url=url_for(
            "account.withdraw_invitation" if is_given else "account.invitation", invitation_id=row.id
        ),
        answer_by=row.expires_at,
    )


def of_uses(session: Session, mandate_id: str, limit: int = USES_SHOWN) -> tuple[Used, ...]:
    """Newest first. A client that is known no more is named by its id."""
    return tuple(
        Used(client_name(use.client_id), use.at) for use in uses(session.connection(), mandate_id, limit)
    )


def acted_for(session: Session, row: Mandate | MandateInvitation) -> str:
    """The name of the person or the organisation."""
    if row.organisation_id is not None:
        organisation = session.get_one(Organisation, row.organisation_id)
        return services().organisations.name_of(organisation)
    if row.principal_id is None:
        raise ValueError("a mandate for nobody")
    return person_name(session, row.principal_id)


def person_name(session: Session, person_id: str) -> str:
    """Whole, as the two sides know each other. Of a closed account nothing is kept."""
    person = directory.find_by_id(session, person_id)
    name = "" if person is None else directory.name_of(person, services().cipher)
    return name or _("somebody whose account is closed")


def matter_names(codes: Collection[str]) -> Sequence[str]:
    return words.matters(provider().matter_names, codes, current_locale())


def role_of(role: str) -> str:
    return words.ROLES[Role(role)]()


def reason_of(reason: str) -> str:
    return REASON_WORDS[reason]()


def client_name(client_id: str) -> str:
    client = provider().clients.find(client_id)
    return client_id if client is None else client.name(current_locale())


def _last_day(ends: datetime | None) -> date | None:
    return None if ends is None else last_day(ends)
