"""Adding and removing one's own passkeys. A passkey is bound at the level that this session has now."""

from flask import Response, abort, jsonify, make_response

from idp.account.home_views import (
    home_page,
    level_here,
    may_change_credentials,
    reaches,
    signed_in_here,
    to_home,
)
from idp.account.room import blueprint
from idp.extensions import reading, services, transaction
from idp.locales import gettext as _
from idp.login import new_passkeys
from idp.login.circumstances import context
from idp.login.factors.passkey import PasskeyRefused
from idp.people import directory, passkeys
from idp.people.passkeys import PasskeyKnown, TooManyPasskeys
from idp.sessions import SignIn


@blueprint.post("/account/passkeys/options")
def passkey_options() -> Response:
    signed_in = signed_in_here()
    if not may_change_credentials(signed_in):
        return make_response(jsonify({"error": "level"}), 403)
    with reading() as session:
        person = directory.find_by_id(session, signed_in.person_id)
    if person is None:
        abort(404)
    return new_passkeys.options_for(person.id, directory.name_of(person, services().cipher))


@blueprint.post("/account/passkeys")
def add_passkey() -> Response:
    signed_in = signed_in_here()
    if not may_change_credentials(signed_in):
        return ask_for_more(signed_in)
    try:
        new = new_passkeys.checked_form(signed_in.person_id)
        with transaction() as session:
            person = directory.find_by_id(session, signed_in.person_id)
            if person is not None:
                passkeys.add(
                    session,
                    person,
                    new,
                    bound_level=level_here(signed_in),
                    context=context(services().clock()),
                )
    except TooManyPasskeys:
        return home_page(signed_in, error=_("Remove a passkey before adding another one."), status=422)
    except (PasskeyRefused, PasskeyKnown):
        return home_page(signed_in, error=_("The passkey was not added. Please try again."), status=422)
    return to_home()


@blueprint.post("/account/passkeys/<passkey_id>/remove")
def remove_passkey(passkey_id: str) -> Response:
    signed_in = signed_in_here()
    if not may_change_credentials(signed_in):
        return ask_for_more(signed_in)
    with transaction() as session:
        passkeys.remove(session, signed_in.person_id, passkey_id, context=context(services().clock()))
    return to_home()


@blueprint.get("/account/passkeys")
@blueprint.get("/account/passkeys/<passkey_id>/remove")
def passkeys_page(**_passkey: str) -> Response:
    """A reload, or the language switch, on the page that followed a refusal."""
    return to_home()


def ask_for_more(signed_in: SignIn) -> Response:
    if reaches(signed_in):
        words = _(
            "You signed in a while ago. Sign out, then sign in with your password or a passkey, "
            "to change how you sign in."
        )
        return home_page(signed_in, error=words, status=403)
    words = _(
        "A text message alone does not change how you sign in. "
        "Sign out, then sign in with your password or a passkey."
    )
    return home_page(signed_in, error=words, status=403)
