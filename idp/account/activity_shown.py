"""What happened at one's account, in plain words, from the audit log."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import url_for
from sqlalchemy.orm import Session

from idp.audit.events.credentials import PasskeyAdded, PasskeyRemoved, PasswordChanged, RecoveryCompleted
from idp.audit.events.decoupled import AuthorizationApproved
from idp.audit.events.measures import SignInDisowned
from idp.audit.events.people import (
    ActivationCodeMade,
    EmailChanged,
    PersonEnrolled,
    PersonStatusChanged,
    PhoneChanged,
)
from idp.audit.events.protocol import CodeIssued
from idp.audit.events.signing_in import SignedIn, SignedOut, SignInRefused, SteppedUp
from idp.audit.events.window import WindowSignIn
from idp.audit.recorded import Recorded
from idp.crypto import crockford
from idp.crypto.digests import from_base64url
from idp.extensions import services
from idp.locales import current_locale
from idp.locales import gettext as _
from idp.oidc.room import provider
from idp.ranges import address_of
from idp.staff.models import StaffAccount

WORDS: Final[Mapping[str, Callable[[], str]]] = {
    SignedIn.name: lambda: _("Signed in"),
    SteppedUp.name: lambda: _("Proved more"),
    SignInRefused.name: lambda: _("Somebody tried to sign in, and could not"),
    SignedOut.name: lambda: _("Signed out"),
    CodeIssued.name: lambda: _("Went on to a portal"),
    AuthorizationApproved.name: lambda: _("Allowed a request from another device or an app"),
    WindowSignIn.name: lambda: _("A clerk helped to sign in"),
    ActivationCodeMade.name: lambda: _("A clerk made an activation code"),
    PasswordChanged.name: lambda: _("Password set or changed"),
    PasskeyAdded.name: lambda: _("Passkey added"),
    PasskeyRemoved.name: lambda: _("Passkey removed"),
    PhoneChanged.name: lambda: _("Phone number changed or removed"),
    EmailChanged.name: lambda: _("E-mail address changed or removed"),
    PersonEnrolled.name: lambda: _("Account opened"),
    RecoveryCompleted.name: lambda: _("Got back into the account"),
    PersonStatusChanged.name: lambda: _("The state of the account was changed"),
    SignInDisowned.name: lambda: _("Said of a sign-in: this was not me"),
}
NAMES: Final = tuple(WORDS)
METHODS: Final[Mapping[str, Callable[[], str]]] = {
    "password": lambda: _("with the password"),
    "sms": lambda: _("with a text message"),
    "passkey": lambda: _("with a passkey"),
    "face": lambda: _("with a face check"),
    "activation_code": lambda: _("with an activation code"),
    "licence": lambda: _("with an electronic licence"),
    "window": lambda: _("at a service window"),
}
MARK_BYTES: Final = 3
SHOWN_V4, SHOWN_V6 = 3, 3
"""Parts of an address that are shown: the network, which tells home from elsewhere."""


def row(event: Recorded, here: str, clerks: Mapping[str, str]) -> dict[str, Any]:
    """`here`: the digest of this browser's id. `clerks`: numbers of staff by the ids of their accounts."""
    methods = event.fields.get("methods") or [event.fields.get("method")]
    return {
        "id": event.id,
        "at": event.at,
        "words": WORDS[event.name](),
        "methods": [METHODS[one]() for one in methods if one in METHODS],
        "portal": _portal(event.client_id),
        "device": device(event.device, here),
        "is_here": event.device == here,
        "network": network(services().addresses.shown(event.address)),
        "clerk": clerks.get(event.actor or ""),
        "is_bad": event.name in {SignInRefused.name, SignInDisowned.name},
        "url": url_for("account.sign_in_seen", event_id=event.id) if event.name == SignedIn.name else None,
    }


def rows(session: Session, events: tuple[Recorded, ...], here: str) -> list[dict[str, Any]]:
    actors = sorted({event.actor for event in events if event.actor})
    query = session.query(StaffAccount.id, StaffAccount.staff_number).filter(StaffAccount.id.in_(actors))
    clerks: dict[str, str] = dict(row.tuple() for row in query) if actors else {}
    return [row(event, here, clerks) for event in events]


def device(seen: str | None, here: str) -> str | None:
    """In words: a browser is nothing more than a mark here, the same for all that was done in it."""
    if seen is None:
        return None
    return _("this browser") if seen == here else _("another browser, %(mark)s", mark=mark_of(seen))


def mark_of(seen: str) -> str:
    try:
        number = int.from_bytes(from_base64url(seen)[:MARK_BYTES], "big")
    except ValueError:
        return "----"
    return "".join(crockford.ALPHABET[number >> shift & 31] for shift in (15, 10, 5, 0))


def network(address: str | None) -> str | None:
    """The beginning of an address, for who knows their own networks; None where the log has none."""
    found = address_of(address)
    if found is None:
        return None
    if found.version == 4:
        return ".".join(str(found).split(".")[:SHOWN_V4]) + ".*"
    return ":".join(found.exploded.split(":")[:SHOWN_V6]) + ":*"


def _portal(client_id: str | None) -> str | None:
    if client_id is None:
        return None
    client = provider().clients.known(client_id)
    return client_id if client is None else client.name(current_locale())
