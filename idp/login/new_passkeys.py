"""Adding a passkey, in an enrolment or in the account: what the browser is asked, and what it answers."""

from flask import Response, jsonify, request

from idp.browser import browser_digest
from idp.extensions import reading
from idp.locales import gettext as _
from idp.login.services import login_services
from idp.people import names, passkeys
from idp.people.passkeys import NewPasskey


def options_for(person_id: str, name: str) -> Response:
    """What the page hands to `navigator.credentials.create`. `name` is masked: devices show and sync it."""
    with reading() as session:
        existing = [one.credential_id for one in passkeys.of_person(session, person_id)]
    return jsonify(
        login_services().passkeys.creation_options(
            browser_digest(), handle=person_id, name=names.masked(name), existing=existing
        )
    )


def checked_form(person_id: str) -> NewPasskey:
    """The passkey that the form brings, its registration verified. Raises PasskeyRefused."""
    return login_services().passkeys.bound(
        request.form.get("credential", ""),
        browser_digest(),
        handle=person_id,
        label=request.form.get("label", "").strip() or _("Passkey"),
    )
