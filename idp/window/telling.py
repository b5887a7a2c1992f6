"""Telling people by text message that a clerk has done something for them, where the operator wants it.

To the phone that the account had before: who sits at the window in somebody's place does not have that one.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from idp.china_time import CHINA_TIME
from idp.extensions import services
from idp.locales import current_locale
from idp.locales import gettext as _
from idp.messages import sms, texts
from idp.messages.texts import Text
from idp.oidc.clients.metadata import Client
from idp.people import directory
from idp.people.models import Person
from idp.staff.sessions import StaffSignIn
from idp.window.helping import Help

HOURS_TO_LEAVE = 24


def of_sign_in(session: Session, person: Person, offered: Help, client: Client | None, now: datetime) -> None:
    locale = current_locale()
    name = _("My account") if client is None else client.name(locale)
    words = texts.helped(locale, _at(now), offered.staff_number, name)
    _tell(session, person, words, locale, now)


def of_activation_code(session: Session, person: Person, clerk: StaffSignIn, now: datetime) -> None:
    """In the language of the installation: it is the clerk's browser that asks here."""
    locale = services().settings.default_locale
    words = texts.activation_code_made(locale, _at(now), clerk.staff_number)
    _tell(session, person, words, locale, now)


def _at(now: datetime) -> str:
    """In China's time, and in no language: the message may be in another one than the page."""
    return f"{now.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}"


def _tell(session: Session, person: Person, words: Text, locale: str, now: datetime) -> None:
    found = services()
    phone = directory.phone_of(person, found.cipher) if found.settings.staff.tell_by_text else None
    if phone is not None:
        until = now + timedelta(hours=HOURS_TO_LEAVE)
        sms.queue(session, found.cipher, phone, words, locale=locale, now=now, expires_at=until)
