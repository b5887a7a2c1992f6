"""What portals ask by the back channel (CIBA), and the person's answer: yes, no, or that it was not them."""

from collections.abc import Callable

from flask import Response, abort, make_response, redirect, render_template, request, url_for

from idp.account.room import blueprint
from idp.browser import browser_id
from idp.extensions import services
from idp.locales import current_locale, ngettext
from idp.locales import gettext as _
from idp.login.circumstances import context
from idp.login.visits import current_sign_in
from idp.oidc.backchannel import listed, refusing, telling
from idp.oidc.clients.fields.registration import host_of
from idp.oidc.clients.metadata import Client
from idp.oidc.decoupled import answering
from idp.oidc.decoupled.waiting import WaitingRequest
from idp.oidc.room import provider
from idp.sessions import SignIn

SAID: dict[str, Callable[[], str]] = {
    "refused": lambda: _("You did not agree. The portal is told so, and nothing else."),
    "reported": lambda: ngettext(
        "Thank you. That portal cannot ask you in this way for %(num)s day.",
        "Thank you. That portal cannot ask you in this way for %(num)s days.",
        provider().backchannel.muted_days,
    ),
    "over": lambda: _("That request is over: it was answered, or its time has run out."),
}
"""What is said of the last answer, by the word in the address."""


@blueprint.get(telling.ANSWERED_AT)
def requests() -> Response:
    signed_in = _signed_in()
    said = SAID.get(request.args.get("said", ""))
    page = render_template(
        "account/requests.html",
        requests=waiting_for(signed_in.person_id),
        notice=None if said is None else said(),
        account_url=url_for("account.home"),
    )
    return make_response(page)


@blueprint.post(f"{telling.ANSWERED_AT}/<waiting_id>")
def answer_request(waiting_id: str) -> Response:
    signed_in = _signed_in()
    now = services().clock()
    asked = listed.find(provider(), signed_in.person_id, waiting_id, now)
    client = None if asked is None else provider().clients.find(asked.client_id)
    if asked is None or client is None:
        return _to_list("over")
    decision = request.form.get("decision", "")
    if decision == "agree":
        started = answering.begin(provider(), asked, browser_id(), now)
        return make_response(redirect(url_for("oidc.resume", interaction_id=started.id), 303))
    if decision not in REFUSALS:
        abort(400)
    said, refuse = REFUSALS[decision]
    if not refuse(provider(), client, signed_in.person_id, asked, context(now)):
        said = "over"
    return _to_list(said)


REFUSALS = {"refuse": ("refused", refusing.refuse), "report": ("reported", refusing.report)}


def _signed_in() -> SignIn:
    """Leads to the sign-in, and back here: a text message brought the person."""
    signed_in = current_sign_in()
    if signed_in is None:
        abort(make_response(redirect(url_for("login.identify", next=telling.ANSWERED_AT), 303)))
    return signed_in


def waiting_for(person_id: str) -> list[dict[str, object]]:
    """As the page shows them, latest first; not those of a client that was suspended meanwhile."""
    found = listed.of_person(provider(), person_id, services().clock())
    return [shown for one in found if (shown := _shown(one)) is not None]


def _shown(asked: WaitingRequest) -> dict[str, object] | None:
    client: Client | None = provider().clients.find(asked.client_id)
    if client is None:
        return None
    locale, metadata = current_locale(), client.metadata
    site = metadata.text("client_uri", locale)
    return {
        "url": url_for("account.answer_request", waiting_id=asked.id),
        "client_name": client.name(locale),
        "organisation": metadata.text("organization_name", locale) or None,
        "host": host_of(site) if site else None,
        "message": asked.details[listed.BINDING_MESSAGE],
        "asked_at": asked.asked_at,
        "minutes_left": -(-asked.seconds_left(services().clock()) // 60),
    }


def _to_list(said: str) -> Response:
    return make_response(redirect(url_for("account.requests", said=said), 303))
