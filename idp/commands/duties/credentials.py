"""Secrets and keys of clients: who looks after an app is told before one runs out; old ones are dropped."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from idp.apps import membership
from idp.apps.models import App, Role, Team
from idp.commands.duties.duty import Duty
from idp.extensions import Services
from idp.messages import mail, sms, texts
from idp.oidc.clients import expiring, named_secrets
from idp.oidc.clients.expiring import Expiring
from idp.oidc.clients.metadata import from_json
from idp.oidc.clients.models import ClientRecord
from idp.people import directory
from idp.people.models import Person

PEOPLE_AT_MOST: Final = 20
"""Of one team."""
WORTH: Final = timedelta(days=3)
"""Later than that nobody need be told any more."""


def credentials_duty(found: Services) -> Duty:
    """Every hour: a warning need not come to the minute."""
    before = timedelta(days=found.settings.client_secrets.warning_days)

    def do() -> None:
        now = found.clock()
        with found.sessions.begin() as session:
            expiring.warn(session, now, before=before, tell=telling(found))
        with found.sessions.begin() as session:
            named_secrets.sweep(session, now)

    return Duty("secrets and keys of clients", timedelta(hours=1), do)


def telling(found: Services) -> expiring.Tell:
    """By mail where the address was proved, else by text message, to the team's owners and developers."""

    def tell(session: Session, one: Expiring, now: datetime) -> int:
        app = session.scalars(select(App).where(App.client_id == one.client_id)).one_or_none()
        if app is None:
            return 0  # the operator's: the log says so, and `idp clients secret list`
        page = f"{found.settings.issuer}/developer/apps/{app.id}/keys"
        text = texts.credential_expiring(
            found.settings.default_locale,
            _name(session, one.client_id, found.settings.default_locale),
            one.expires_at,
            page,
        )
        people = _people(session, app.team_id, now)
        return sum(_message(found, session, person, text, now) for person in people)

    return tell


def _name(session: Session, client_id: str, locale: str) -> str:
    record = session.get_one(ClientRecord, client_id)
    fields = {**record.metadata_json, "client_id": client_id, "sector": record.sector}
    return from_json(fields).text("client_name", locale)


def _people(session: Session, team_id: str, now: datetime) -> list[Person]:
    team = session.get_one(Team, team_id)
    ids = [
        one.person_id
        for one in membership.members(session, team, now)
        if one.role is not Role.VIEWER and not one.has_left
    ]
    return [session.get_one(Person, one) for one in ids[:PEOPLE_AT_MOST]]


def _message(found: Services, session: Session, person: Person, text: texts.Text, now: datetime) -> int:
    locale, expires_at = found.settings.default_locale, now + WORTH
    address = directory.email_of(person, found.cipher)
    if address is not None:
        subject = texts.credential_expiring_subject(locale)
        mail.queue(session, found.cipher, address, subject, text.words, now=now, expires_at=expires_at)
        return 1
    phone = directory.phone_of(person, found.cipher)
    if phone is None:
        return 0
    sms.queue(session, found.cipher, phone, text, locale=locale, now=now, expires_at=expires_at)
    return 1
