"""Where people see in their account what clerks have done for them."""

from flask import Response, abort, make_response, redirect, render_template, url_for

from idp.audit.events.people import ActivationCodeMade
from idp.audit.events.window import WindowSignIn
from idp.extensions import reading, services
from idp.locales import current_locale
from idp.locales import gettext as _
from idp.login.visits import current_sign_in
from idp.oidc.room import provider
from idp.window import history
from idp.window.history import Helped
from idp.window.room import blueprint

PATH = "/account/window"


@blueprint.get(PATH)
def helped() -> Response:
    signed_in = current_sign_in()
    if signed_in is None:
        abort(make_response(redirect(url_for("login.identify", next=PATH), 303)))
    with reading() as session:
        found = history.of_person(session, signed_in.person_id, services().clock())
    page = render_template(
        "window/history.html",
        items=[{"at": one.at, "words": _words(one), "clerk": one} for one in found],
        days=history.SHOWN_DAYS,
        account_url=url_for("account.home"),
    )
    return make_response(page)


def _words(one: Helped) -> str:
    if one.kind == ActivationCodeMade.name:
        return _("An activation code was made for your account.")
    client = None if one.client_id is None else provider().clients.find(one.client_id)
    place = _("My account") if client is None else client.name(current_locale())
    if one.kind == WindowSignIn.name:
        return _("A clerk helped you to sign in at %(portal)s.", portal=place)
    return _("A clerk offered to sign you in at %(portal)s, and it did not come to that.", portal=place)
