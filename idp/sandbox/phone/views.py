"""The page that plays a citizen's telephone."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request

from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.login.circumstances import address
from idp.login.visits import current_sign_in
from idp.people import directory
from idp.sandbox.phone import phones, scanning
from idp.sandbox.phone.phones import Phone
from idp.sandbox.phone.scanning import Busy
from idp.sandbox.room import blueprint

SCANS_A_MINUTE = 20
"""Of one address: each is a process of its own."""


@blueprint.get("/sandbox/phone")
def all_phones() -> Response:
    return _whole_page()


@blueprint.get("/sandbox/phone/<key>")
def one_phone(key: str) -> Response:
    """Empty of a key to which nothing was sent: nobody learns which telephones there are."""
    found = phones.by_key(key)
    return _page(only=_shown(found or Phone("", ())))


@blueprint.post("/sandbox/phone/scan")
def scan() -> Response:
    if not services().throttle.allow_from(address(), "sandbox scans", SCANS_A_MINUTE, 60):
        return _too_often()
    sent = request.files.get("picture")
    try:
        text = None if sent is None else scanning.text_of(sent.read())
    except Busy:
        return _too_often()
    if text is None:
        words = _("No QR code could be read. Take a picture of the code alone, as PNG or JPEG.")
        return _whole_page(error=words, status=422)
    return _whole_page(scanned={"text": text, "is_ours": _is_ours(text)})


def _too_often() -> Response:
    return _whole_page(error=_("That was often. Wait a minute, please."), status=429)


def _own() -> list[Phone]:
    """Of who is signed in in this browser: their telephone, and mail boxes of their own."""
    signed_in, found = current_sign_in(), services()
    if signed_in is None:
        return []
    with reading() as session:
        person = directory.find_by_id(session, signed_in.person_id)
        number = None if person is None else directory.phone_of(person, found.cipher)
    others = [one for one in phones.of_person(signed_in.person_id) if one.to != number]
    return others if number is None else [phones.of(number), *others]


def _shown(phone: Phone) -> dict[str, Any]:
    return {
        "to": phone.to,
        "url": phones.address_of(phone.to) if phone.to else None,
        "code": phone.code,
        "messages": [{"sent_at": one.at, "text": one.text} for one in phone.messages],
    }


def _is_ours(text: str) -> bool:
    """Whether a telephone would come here with it: other addresses are shown, and not led to."""
    try:
        parts, ours = urlsplit(text), urlsplit(services().settings.issuer)
    except ValueError:
        return False
    return (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc)


def _whole_page(*, status: int = 200, **shown: Any) -> Response:
    return _page(
        status=status,
        own=[_shown(phone) for phone in _own()],
        phones=[_shown(phone) for phone in phones.everybodys()],
        **shown,
    )


def _page(*, status: int = 200, **shown: Any) -> Response:
    return make_response(render_template("sandbox/phone.html", **shown), status)
