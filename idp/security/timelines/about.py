"""What stands above a timeline: whose it is, and what the provider knows of them that names nobody."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.apps import apps
from idp.apps.models import Team
from idp.business.models import Organisation
from idp.locales import gettext as _
from idp.locales import show_datetime
from idp.oidc.clients.models import ClientRecord
from idp.people.models import Person
from idp.security import words
from idp.security.client_names import names_of
from idp.security.rows import short

KINDS: Final = frozenset({"person", "client", "organisation", "session", "device", "address"})
"""Which cases and measures can be about."""
CASES: Final = "/security/cases/new"


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    value: str
    url: str | None = None


def heading(kind: str, subject: str) -> str:
    shown = short(subject)
    headings = {
        "person": _("Person %(id)s", id=shown),
        "client": _("Client %(id)s", id=subject),
        "organisation": _("Organisation %(id)s", id=shown),
        "session": _("Session %(id)s", id=shown),
        "device": _("Device %(id)s", id=shown),
        "address": _("Address %(id)s", id=subject),
        "event": _("Around one event"),
    }
    return headings[kind]


def case_url(kind: str, subject: str) -> str:
    return f"{CASES}?{urlencode({'subject_kind': kind, 'subject': subject})}"


def person(session: Session, person_id: str) -> list[Fact]:
    """Nothing that says who it is."""
    row = session.execute(
        select(Person.status, Person.level, Person.created_at, Person.closed_at).where(Person.id == person_id)
    ).one_or_none()
    if row is None:
        return [Fact(_("Account"), _("There is none of this id."))]
    facts = [
        Fact(_("Status"), words.in_words("status", row.status)),
        Fact(_("Level"), words.in_words("level", row.level)),
        Fact(_("Known since"), show_datetime(row.created_at)),
    ]
    return facts + ([Fact(_("Closed"), show_datetime(row.closed_at))] if row.closed_at else [])


def client(session: Session, client_id: str) -> list[Fact]:
    row = session.get(ClientRecord, client_id)
    if row is None:
        return [Fact(_("Registration"), _("There is none of this id."))]
    return [
        *(Fact(_("Called"), name) for name in names_of(session, [client_id]).values()),
        Fact(_("Status"), words.in_words("status", row.status)),
        Fact(_("Known since"), show_datetime(row.created_at)),
        *_whose(session, client_id),
    ]


def _whose(session: Session, client_id: str) -> list[Fact]:
    """The team of developers that an app belongs to; nothing of one that the operator registered."""
    app = apps.of_client(session, client_id)
    if app is None:
        return []
    team = session.get_one(Team, app.team_id)
    if team.organisation_id is None:
        owner = Fact(_("Team"), _("Somebody’s own, in the sandbox"), f"/security/people/{team.created_by}")
    else:
        code = session.scalar(select(Organisation.code).where(Organisation.id == team.organisation_id))
        owner = Fact(
            _("Team of the organisation"), str(code), f"/security/organisations/{team.organisation_id}"
        )
    return [owner, Fact(_("Made by"), short(app.created_by), f"/security/people/{app.created_by}")]


def organisation(session: Session, organisation_id: str) -> list[Fact]:
    """By its code, which is public; its name may be that of a person."""
    row = session.execute(
        select(Organisation.code, Organisation.status, Organisation.type, Organisation.created_at).where(
            Organisation.id == organisation_id
        )
    ).one_or_none()
    if row is None:
        return [Fact(_("Organisation"), _("There is none of this id."))]
    return [
        Fact(_("Unified social credit code"), row.code),
        Fact(_("Status"), words.in_words("status", row.status)),
        Fact(_("Known since"), show_datetime(row.created_at)),
    ]
