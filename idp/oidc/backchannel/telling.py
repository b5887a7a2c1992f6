"""How a person learns that a client asks something of them: a text message, which opens nothing by itself."""

from datetime import datetime

from sqlalchemy.orm import Session

from idp.messages import sms, texts
from idp.oidc.backchannel import binding
from idp.oidc.backchannel.quotas import NOBODY
from idp.oidc.clients.metadata import Client
from idp.oidc.decoupled.waiting import WaitingRequest
from idp.oidc.provider import Provider
from idp.people import directory
from idp.people.sms_checks import send_to_nobody

ANSWERED_AT = "/account/requests"
"""Where they answer it, after a sign-in like any other. No token is in the address: whoever reads the
message can do nothing with it."""


def tell(
    provider: Provider,
    client: Client,
    person_id: str | None,
    asked: WaitingRequest,
    message: str,
    now: datetime,
    *,
    really: bool,
) -> None:
    """To nobody, or when it is not `really` to be sent, the outbox gets a row that the worker drops. What is
    looked up and put together is the same: the client must not learn from the time that it takes."""
    locale = provider.default_locale
    words = texts.request(
        locale, client.name(locale), binding.shortened(message), provider.issuer + ANSWERED_AT
    )
    with provider.sessions.begin() as session:
        phone = _phone(provider, session, person_id or NOBODY)
        if phone is None or not really:
            send_to_nobody(session, now)
            return
        sms.queue(session, provider.cipher, phone, words, locale=locale, now=now, expires_at=asked.expires_at)


def _phone(provider: Provider, session: Session, person_id: str) -> str | None:
    person = directory.find_by_id(session, person_id)
    return None if person is None else directory.phone_of(person, provider.cipher)
