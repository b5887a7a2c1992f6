"""Telling people that somebody acts for them at a portal where nobody has acted for them before."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from idp.mandates.models import Role
from idp.mandates.standing import Standing
from idp.mandates.uses import is_first_use
from idp.messages import sms, texts
from idp.oidc.clients.metadata import Client
from idp.oidc.provider import Provider
from idp.people import directory, names

SEEN_AT: Final = "/account/mandates"
"""Where the principal sees every use and can end it, after a sign-in like any other."""
WORTH: Final = timedelta(days=1)
"""A message that could not be sent for longer is news no more."""


def tell_of_use(
    provider: Provider, session: Session, mandate: Standing, client: Client, now: datetime
) -> None:
    """Once a mandate and client, in the transaction of the use; the caller commits.

    Of relatives alone: the register gave a guardian the right to act for who cannot, or may not yet, and an
    organisation's managers read the list.
    """
    if mandate.role is not Role.RELATIVE or mandate.principal_id is None:
        return
    if not is_first_use(session, mandate.mandate_id, client.client_id, now):
        return
    if not provider.mandates.tell_of_new_clients:
        return
    principal = directory.find_by_id(session, mandate.principal_id)
    holder = directory.find_by_id(session, mandate.person_id)
    if principal is None or holder is None:
        return
    phone = directory.phone_of(principal, provider.cipher)
    if phone is None:
        return
    locale = provider.default_locale
    who = names.masked(directory.name_of(holder, provider.cipher))
    words = texts.acted_for(locale, who, client.name(locale), provider.issuer + SEEN_AT)
    sms.queue(session, provider.cipher, phone, words, locale=locale, now=now, expires_at=now + WORTH)
