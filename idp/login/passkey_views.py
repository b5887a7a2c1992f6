"""Signing in, or showing presence, with a passkey. Which account it is of only the passkey says."""

from flask import Response, jsonify, request
from sqlalchemy.orm import Session

from idp.audit.events.signing_in import SignInRefused
from idp.browser import browser_digest
from idp.extensions import reading, services
from idp.locales import gettext as _
from idp.login import admission
from idp.login.circumstances import context, note_refusal
from idp.login.factors import passkey
from idp.login.factors.passkey import PasskeyRefused, UsedPasskey
from idp.login.identify_views import identify_page
from idp.login.presence_views import FOR_PRESENCE, presence_page
from idp.login.room import blueprint
from idp.login.services import login_services
from idp.login.visits import Visit, current_sign_in, current_visit
from idp.people import directory, passkeys
from idp.people.models import PasskeyCredential, Person
from idp.session_proofs import Proof


class _Refused(Exception):
    def __init__(self, reason: str, words: str, person_id: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.words, self.person_id = reason, words, person_id


@blueprint.post("/login/passkey/options")
def passkey_options() -> Response:
    current_visit()
    return jsonify(login_services().passkeys.request_options(browser_digest()))


@blueprint.post("/login/passkey")
def passkey_sign_in() -> Response:
    visit = current_visit()
    text = request.form.get("credential", "")
    try:
        stored, used = _checked(text)
        secret = _admit(visit, stored, used)
    except _Refused as error:
        refused = SignInRefused(
            reason=error.reason, method=passkey.METHOD, person_id=error.person_id, client_id=visit.client_id
        )
        note_refusal(refused, visit.id)
        return _again(visit, error.words)
    except admission.NotAdmitted as error:
        return _again(visit, error.words)
    return admission.signed_in(visit.lead_on(), secret)


@blueprint.get("/login/passkey")
def passkey_page() -> Response:
    """A reload, or the language switch, on the page that followed a refused passkey."""
    return current_visit().lead_on()


def _checked(text: str) -> tuple[PasskeyCredential, UsedPasskey]:
    ceremonies = login_services().passkeys
    try:
        credential_id = ceremonies.credential_id(text)
        with reading() as session:
            stored = passkeys.find(session, credential_id)
        used = ceremonies.used(text, browser_digest(), stored)
    except PasskeyRefused as error:
        words = _("This passkey was not recognised. Choose another one, or another way.")
        if error.reason == "expired":
            words = _("That took too long. Please try the passkey again.")
        raise _Refused(error.reason, words) from None
    if stored is None:  # `used` has raised already
        raise AssertionError
    return stored, used


def _admit(visit: Visit, stored: PasskeyCredential, used: UsedPasskey) -> str:
    """The session's secret. Raises _Refused, NotAdmitted."""
    now = services().clock()
    with reading() as session:
        person = directory.find_by_id(session, stored.person_id)
        level = 0 if person is None else passkeys.level_of(stored, person)
    if _presence_is_asked():
        _check_presence(visit, stored, level)

    def note_use(session: Session, _person: Person) -> bool:
        row = session.get(PasskeyCredential, stored.id)
        return row is not None and passkeys.used(
            session,
            row,
            sign_count=used.sign_count,
            backed_up=used.backed_up,
            context=context(now, visit.id),
        )

    proof = Proof(passkey.METHOD, level, now, used.amr)
    try:
        return admission.admit(visit, stored.person_id, proof, note_use)
    except admission.ProofWithheld:
        words = _("This passkey seems to have been copied and is not accepted. Choose another way, please.")
        raise _Refused("cloned", words, stored.person_id) from None


def _check_presence(visit: Visit, stored: PasskeyCredential, level: int) -> None:
    signed_in = current_sign_in()
    if signed_in is not None and signed_in.person_id != stored.person_id:
        words = _("This passkey belongs to another account. Choose another one, or another way.")
        raise _Refused("other_account", words, stored.person_id)
    if level < visit.level_asked:
        words = _(
            "This passkey was added when you had shown less than is asked now, so it does not reach. "
            "Choose another way; afterwards you can add a passkey that does."
        )
        raise _Refused("level", words, stored.person_id)


def _presence_is_asked() -> bool:
    return request.args.get("for") == FOR_PRESENCE


def _again(visit: Visit, words: str) -> Response:
    if _presence_is_asked() and (signed_in := current_sign_in()) is not None:
        return presence_page(visit, signed_in, error=words, status=422)
    return identify_page(visit, error=words, status=422)
