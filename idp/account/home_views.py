"""One's own account: who am I, how do I sign in, who may know what about me."""

from datetime import timedelta
from typing import Final

from flask import Response, abort, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session

from idp.account import kept_faces
from idp.account.requests_views import waiting_for
from idp.account.room import blueprint
from idp.apps import membership
from idp.extensions import reading, services, transaction
from idp.locales import current_locale
from idp.login.circumstances import context
from idp.login.visits import current_sign_in
from idp.oidc import sharing
from idp.oidc.levels import VERIFIED
from idp.oidc.logout import ending
from idp.oidc.pages import SCOPE_WORDS
from idp.oidc.room import provider
from idp.people import credentials, directory, email_addresses, face_consents, names, passkeys, phones
from idp.people.models import Person
from idp.sessions import SignIn

CONSOLE: Final = "/developer"
"""Of another room."""


@blueprint.get("/")
def front() -> Response:
    """Whoever types the provider's bare address wants their account; portals lead elsewhere."""
    return to_home()


@blueprint.get("/account")
def home() -> Response:
    return home_page(signed_in_here())


@blueprint.post("/account/consents/<client_id>/withdraw")
def withdraw_consent(client_id: str) -> Response:
    signed_in = signed_in_here()
    with transaction() as session:
        sharing.withdraw(session, signed_in.person_id, client_id, context=context(services().clock()))
    return to_home()


@blueprint.post("/account/sign-out")
def sign_out() -> Response:
    ended = ending.sign_out(provider(), current_sign_in(), context(services().clock()))
    return Response(ended.body, ended.status, ended.headers)


def signed_in_here() -> SignIn:
    """Leads to the sign-in, and back, where nobody is."""
    signed_in = current_sign_in()
    if signed_in is None:
        abort(make_response(redirect(url_for("login.identify", next="/account"), 303)))
    return signed_in


def level_here(signed_in: SignIn) -> int:
    found = services()
    return signed_in.level(found.clock(), found.settings.protocol.presence_seconds)


def reaches(signed_in: SignIn) -> bool:
    """A text message opens the page, but what a verified account signs in with it does not change."""
    return level_here(signed_in) >= min(VERIFIED, signed_in.account_level)


def may_change_credentials(signed_in: SignIn) -> bool:
    """Who finds the page open must not make the account theirs: what reaches has to be as recent as what
    shows presence (OWASP ASVS 7.5.1)."""
    found = services()
    since = found.clock() - timedelta(seconds=found.settings.protocol.presence_seconds)
    needed = min(VERIFIED, signed_in.account_level)
    return any(proof.level >= needed and proof.at >= since for proof in signed_in.proofs)


def to_home() -> Response:
    return make_response(redirect(url_for("account.home"), 303))


def home_page(signed_in: SignIn, *, status: int = 200, **shown: object) -> Response:
    found = services()
    now = found.clock()
    with reading() as session:
        person = directory.find_by_id(session, signed_in.person_id)
        if person is None:
            abort(404)
        phone = directory.phone_of(person, found.cipher)
        today = directory.day_in_china(now)
        document = directory.number_of(session, person, found.cipher, today)
        page = render_template(
            "account/home.html",
            name_masked=names.masked(directory.name_of(person, found.cipher)),
            number_masked=document.number.masked,
            phone_masked=None if phone is None else phones.masked(phone),
            email_masked=_email_masked(person),
            email_url=None if found.settings.mail.adapter == "off" else url_for("account.email"),
            level=person.level,
            level_now=level_here(signed_in),
            password_changed_at=credentials.changed_at(session, person.id),
            password_url=url_for("account.password"),
            window_url=url_for("window.helped"),
            activity_url=url_for("account.activity"),
            passkeys=passkeys.of_person(session, person.id),
            passkey={
                "action": url_for("account.add_passkey"),
                "options_url": url_for("account.passkey_options"),
            },
            face_consent=_face_consent(session, person),
            faces_kept=kept_faces.kept_of(session, person),
            face_keeping_url=(
                url_for("account.face_keeping_page") if kept_faces.offers_to(session, person) else None
            ),
            consents=_consents(session, person),
            mandates_url=url_for("account.mandates"),
            organisations_url=url_for("account.organisations"),
            developer_url=CONSOLE if _may_develop(session, signed_in) else None,
            invitations_waiting=_invitations(session, signed_in),
            requests_waiting=len(waiting_for(person.id)),
            requests_url=url_for("account.requests"),
            **shown,
        )
    return make_response(page, status)


def _invitations(session: Session, signed_in: SignIn) -> int:
    """To act for others. None is told of to who signed in by a text message alone."""
    if level_here(signed_in) < VERIFIED:
        return 0
    found = services()
    return len(found.mandates.accepting.waiting_for(session, signed_in.person_id, found.clock()))


def _may_develop(session: Session, signed_in: SignIn) -> bool:
    """Whether the console has anything for them. In the sandbox it has, for everybody verified."""
    found = services()
    if level_here(signed_in) < VERIFIED:
        return False
    return found.settings.sandbox or membership.may_develop(session, signed_in.person_id, found.clock())


def _email_masked(person: Person) -> str | None:
    address = directory.email_of(person, services().cipher)
    return None if address is None else email_addresses.masked(address)


def _face_consent(session: Session, person: Person) -> object:
    version = services().settings.liveness.consent_text_version
    return face_consents.active_of(session, person.id, version)


def _consents(session: Session, person: Person) -> list[dict[str, object]]:
    found, locale = services(), current_locale()
    shown: list[dict[str, object]] = []
    for consent in sharing.of_person(session, person.id, found.clock()):
        client = provider().clients.find(consent.client_id)
        shown.append(
            {
                "id": consent.client_id,
                "client_name": consent.client_id if client is None else client.name(locale),
                "open_url": None if client is None else client.metadata.initiated_by(provider().issuer),
                "labels": [
                    *(SCOPE_WORDS[scope]() for scope in consent.scopes if scope in SCOPE_WORDS),
                    *(
                        known.title[locale]
                        for kind in sharing.remembered_kinds(consent, found.clock())
                        if (known := provider().details_types.get(kind)) is not None
                    ),
                ],
                "given_at": consent.given_at,
                "expires_at": consent.expires_at,
            }
        )
    return shown
