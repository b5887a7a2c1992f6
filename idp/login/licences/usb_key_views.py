"""A licence on a USB key: TLS client authentication at a host of its own, where the proxy ends it.

The page leads there with a ticket (`licences.handovers`), and the browser comes back with a receipt. Only the
address that shows the certificate is served at that host (config/nginx.conf).
"""

from flask import Response, make_response, redirect, request, url_for
from werkzeug import Response as Redirect

from idp.audit.events.licences import LicenceRefused
from idp.business.licences.checking import OverTls, Presented
from idp.extensions import services
from idp.headers import allow_form_action
from idp.locales import gettext as _
from idp.login.circumstances import note_refusal
from idp.login.factors.certificate import Carrier, LicenceProof
from idp.login.licences import admitting
from idp.login.licences.admitting import NotProved
from idp.login.licences.handovers import HandoverGone
from idp.login.licences.place import Place, current_place
from idp.login.room import blueprint
from idp.login.services import login_services
from idp.login.visits import current_visit, page
from idp.oidc.certificates import pem_of
from idp.oidc.interaction import InteractionExpired
from idp.proxies import CERTIFICATE

NONE_SHOWN = "no_certificate"


@blueprint.get("/login/licence/usb-key")
def licence_key() -> Response:
    place = _place()
    return current_visit().lead_on() if place is None else _page(place)


@blueprint.post("/login/licence/usb-key")
def licence_key_begin() -> Response:
    place = _place()
    if place is None:
        return current_visit().lead_on()
    ticket = login_services().licence_handovers.begin(place.visit.id, place.bound_to)
    return make_response(redirect(f"{_host()}{url_for('login.licence_key_shown', ticket=ticket)}", 303))


@blueprint.get("/login/licence/usb-key/certificate")
def licence_key_shown() -> Redirect:
    """At the host of the keys: no cookie of ours comes here, and nobody is signed in by it."""
    certificate = pem_of(request.environ.get(CERTIFICATE, ""))
    try:
        receipt = login_services().licence_handovers.show(request.args.get("ticket", ""), certificate)
    except HandoverGone:
        raise InteractionExpired from None
    back = url_for("login.licence_key_back", interaction=receipt.interaction_id, shown=receipt.secret)
    return redirect(f"{services().settings.issuer}{back}", 303)


@blueprint.get("/login/licence/usb-key/back")
def licence_key_back() -> Response:
    place = _place()
    if place is None:
        return current_visit().lead_on()
    try:
        certificate = login_services().licence_handovers.take(request.args.get("shown", ""), place.bound_to)
    except HandoverGone:
        # A reload, or the language switch, on the page that followed.
        return make_response(redirect(place.visit.url("login.licence_key"), 303))
    return place.admit(
        lambda: _prove(place, certificate),
        lambda refused: _page(place, error=refused.words, rule=refused.rule, status=422),
    )


def _prove(place: Place, certificate: bytes | None) -> LicenceProof:
    """Raises NotProved."""
    visit = place.visit
    if certificate is None:
        event = LicenceRefused(rule=NONE_SHOWN, carrier=Carrier.USB_KEY.value, client_id=visit.client_id)
        note_refusal(event, visit.id)
        raise NotProved(
            NONE_SHOWN,
            _(
                "Your browser showed no certificate. Put the key in, then close the browser altogether "
                "and open it again: it may remember that you chose none."
            ),
        )
    presented = Presented(certificate, proof=OverTls())
    return admitting.prove(visit, presented, place.bound_to, Carrier.USB_KEY)


def _place() -> Place | None:
    return current_place() if _host() else None


def _host() -> str:
    return services().settings.licences.usb_key_origin


def _page(place: Place, *, status: int = 200, **shown: object) -> Response:
    allow_form_action(_host())
    return page(
        "login/licence_key.html",
        place.visit,
        status=status,
        action=place.visit.url("login.licence_key_begin"),
        other_ways_url=place.visit.url("login.licence"),
        **shown,
    )
