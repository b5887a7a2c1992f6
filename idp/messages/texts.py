"""What text messages say, by key. Gateways that send only registered templates get the key and the values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from idp.locales import gettext_in


@dataclass(frozen=True, slots=True)
class Text:
    """A message ready to be sent. Not shown when printed: it may hold a code."""

    template: str
    values: Mapping[str, str] = field(repr=False)
    words: str = field(repr=False)


def code(locale: str, value: str, seconds: int) -> Text:
    """A one-time code. It names no service window, no link and no person (phishing copies those)."""
    minutes = str(max(1, seconds // 60))
    words = gettext_in(
        locale,
        "Your verification code is %(code)s, valid for %(minutes)s minutes. "
        "Do not give it to anyone; our staff will never ask for it.",
        code=value,
        minutes=minutes,
    )
    return Text("code", {"code": value, "minutes": minutes}, words)


def request(locale: str, client_name: str, shown: str, address: str) -> Text:
    """That a portal asks something of the person. `shown`: what the portal shows at its end, or nothing.

    The address is that of a page where one signs in as always: whoever copies it wins nothing by it.
    """
    values = {"client": client_name, "shown": shown, "address": address}
    if shown:
        words = gettext_in(
            locale,
            "%(client)s asks for your consent (%(shown)s). If you began this yourself, sign in at "
            "%(address)s and answer it there. Never do so because somebody tells you to.",
            **values,
        )
    else:
        words = gettext_in(
            locale,
            "%(client)s asks for your consent. If you began this yourself, sign in at "
            "%(address)s and answer it there. Never do so because somebody tells you to.",
            client=client_name,
            address=address,
        )
    return Text("request", values, words)


def acted_for(locale: str, who: str, client_name: str, address: str) -> Text:
    """That somebody whom the person asked to acted for them at a portal for the first time. `who`: masked.

    Nothing is to be done unless it was not meant so; the address is that of a page behind a sign-in.
    """
    values = {"who": who, "client": client_name, "address": address}
    words = gettext_in(
        locale,
        "%(who)s acts for you at %(client)s for the first time, as you allowed. If you no longer want that, "
        "sign in at %(address)s and end it there.",
        **values,
    )
    return Text("acted_for", values, words)


def helped(locale: str, at: str, staff_number: str, client_name: str) -> Text:
    """That a clerk has helped the person to sign in; for who was not there."""
    values = {"at": at, "staff": staff_number, "client": client_name}
    words = gettext_in(
        locale,
        "At %(at)s clerk no. %(staff)s helped you at a service window to sign in at %(client)s. "
        "If that was not you, have your account frozen at any service window.",
        **values,
    )
    return Text("helped", values, words)


def activation_code_made(locale: str, at: str, staff_number: str) -> Text:
    """That there is an activation code for an account of theirs."""
    values = {"at": at, "staff": staff_number}
    words = gettext_in(
        locale,
        "At %(at)s clerk no. %(staff)s made an activation code for your account at a service window. "
        "If you did not ask for it, have your account frozen at any service window.",
        **values,
    )
    return Text("activation_code_made", values, words)


def credential_expiring(locale: str, client_name: str, expires_at: datetime, address: str) -> Text:
    """That a secret or a key of an app runs out; for its team. `address`: of a page of the console.

    What the team calls it is not said: whoever gave it that name would write to the others in our name.
    """
    values = {"client": client_name, "day": f"{expires_at:%Y-%m-%d}", "address": address}
    words = gettext_in(
        locale,
        "A secret or a key of the app %(client)s expires on %(day)s: make a new one in time, at %(address)s.",
        **values,
    )
    return Text("credential_expiring", values, words)


def credential_expiring_subject(locale: str) -> str:
    return gettext_in(locale, "A secret or a key of your app expires soon")


def app_decided(locale: str, client_name: str, is_approved: bool, address: str) -> Text:
    """That a team's request was decided; why stands on the page, which is behind a sign-in."""
    values = {"client": client_name, "address": address}
    words = (
        gettext_in(locale, "The app %(client)s was approved. What holds from now on: %(address)s.", **values)
        if is_approved
        else gettext_in(locale, "The app %(client)s was not approved. Why not: %(address)s.", **values)
    )
    return Text("app_approved" if is_approved else "app_refused", values, words)


def app_decided_subject(locale: str) -> str:
    return gettext_in(locale, "Your app was looked at")
