"""Telling a team something, each of those who look after its apps: by mail where the address was proved, else
by text message. Through the outbox, in the transaction of what it tells of."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from idp.apps import membership
from idp.apps.models import Role, Team
from idp.crypto.fields import FieldCipher
from idp.messages import mail, sms
from idp.messages.texts import Text
from idp.people import directory
from idp.people.models import Person

PEOPLE_AT_MOST: Final = 20
"""Of one team."""
WORTH: Final = timedelta(days=3)
"""Later than that nobody need be told any more."""


def tell_team(
    session: Session,
    cipher: FieldCipher,
    team_id: str,
    subject: str,
    text: Text,
    *,
    locale: str,
    now: datetime,
) -> int:
    """Its owners and developers, and no viewer. How many: who has neither address nor phone is not told."""
    team = session.get_one(Team, team_id)
    ids = [
        one.person_id
        for one in membership.members(session, team, now)
        if one.role is not Role.VIEWER and not one.has_left
    ]
    people = (session.get_one(Person, one) for one in ids[:PEOPLE_AT_MOST])
    return sum(_told(session, cipher, person, subject, text, locale, now) for person in people)


def _told(
    session: Session,
    cipher: FieldCipher,
    person: Person,
    subject: str,
    text: Text,
    locale: str,
    now: datetime,
) -> bool:
    expires_at = now + WORTH
    address = directory.email_of(person, cipher)
    if address is not None:
        mail.queue(session, cipher, address, subject, text.words, now=now, expires_at=expires_at)
        return True
    phone = directory.phone_of(person, cipher)
    if phone is None:
        return False
    sms.queue(session, cipher, phone, text, locale=locale, now=now, expires_at=expires_at)
    return True
