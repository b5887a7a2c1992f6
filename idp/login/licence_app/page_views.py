"""Signing in with a licence app: the page with the QR code, which waits and then takes the result.

It works without scripts: then the page loads itself again every few seconds. What the telephone sends comes
in at `licence_app.phone_views`; only the browser that shows the code gets anything by it.
"""

import unicodedata
from contextlib import suppress
from dataclasses import asdict

from flask import Response, abort, jsonify, redirect, request, url_for

from idp.audit.events.licence_app import LicenceRequestRefused
from idp.browser import browser_digest
from idp.crypto.digests import same
from idp.extensions import services
from idp.locales import gettext as _
from idp.locales import ngettext
from idp.login.circumstances import address, note_refusal
from idp.login.licence_app import proofs
from idp.login.licence_app.calls import HOUR
from idp.login.licence_app.codes import DIGITS
from idp.login.licence_app.links import LinkGone, Links, WrongDigits
from idp.login.licence_app.pages import POLL_SECONDS, RELOAD_SECONDS, host_of, open_links, shown_code
from idp.login.licence_app.states import Ending, Link, State, WrongState
from idp.login.licences.place import Place, current_place
from idp.login.room import blueprint
from idp.login.visits import Visit, current_visit, page
from idp.people import directory

TEMPLATE = "login/licence_app.html"
ELSEWHERE = "elsewhere"
TYPED_AT_MOST = 40


@blueprint.get("/login/licence-app")
def licence_app() -> Response:
    place = current_place()
    if place is None:
        return current_visit().lead_on()
    try:
        return _page(place, _link(place.visit))
    except LinkGone:
        return _see(place.visit, _open(place.visit))


@blueprint.post("/login/licence-app")
def licence_app_take() -> Response:
    place = current_place()
    if place is None:
        return current_visit().lead_on()
    typed = unicodedata.normalize("NFKC", request.form.get("digits", "")[:TYPED_AT_MOST])
    found = services()
    try:
        link = _link(place.visit)
        sealed = _links().take(link, "".join(typed.split()), found.clock())
    except LinkGone:
        return _see(place.visit, _open(place.visit))
    except WrongState:
        return _see(place.visit, link)
    except WrongDigits as wrong:
        return _again(place, link, wrong)
    today = directory.day_in_china(found.clock())
    return place.admit(
        lambda: proofs.unseal(found.cipher, sealed, link.id, today),
        lambda refused: _shown(place, "failed", status=403, error=refused.words),
    )


@blueprint.get("/login/licence-app/state")
def licence_app_state() -> Response:
    """For the page's script: what has become of the link, and the next code to show."""
    visit = current_visit()
    found, links = services(), _links()
    try:
        link = _link(visit)
    except LinkGone:
        return jsonify(state=State.EXPIRED.value)
    if not links.is_time_to_ask(link, "page"):
        response = jsonify(error="slow_down")
        response.status_code, response.headers["Retry-After"] = 429, str(POLL_SECONDS)
        return response
    answer: dict[str, object] = {"state": link.state_at(found.clock()).value}
    with suppress(WrongState, LinkGone):
        link, code = links.code(link, found.clock())
        if str(link.generation) != request.args.get("generation"):
            answer["code"] = asdict(shown_code(link, code, found.settings))
    return jsonify(answer)


@blueprint.get("/login/licence-app/return")
def licence_app_return() -> Response:
    """Where an app on the same device leads back to; the digits are filled in, and signing in is a click."""
    try:
        link = _links().find(request.args.get("link", ""))
    except LinkGone:
        return page(TEMPLATE, None, status=410, state=ELSEWHERE)
    if not same(link.browser, browser_digest()):
        # Somebody else's page: whoever was led here has signed for it.
        return page(TEMPLATE, None, status=403, state=ELSEWHERE)
    digits = request.args.get("digits", "")[:DIGITS]
    target = url_for("login.licence_app", interaction=link.interaction_id, link=link.id, digits=digits)
    return _redirect(target)


def _links() -> Links:
    return open_links(services())


def _link(visit: Visit) -> Link:
    """The one that the address names. Raises LinkGone, also for another sign-in's."""
    link = _links().find(request.args.get("link", ""))
    if not same(link.browser, browser_digest()) or link.interaction_id != visit.id:
        raise LinkGone
    return link


def _open(visit: Visit) -> Link:
    found = services()
    limit = found.settings.licence_app.calls_per_address_per_hour
    if not found.throttle.allow_from(address(), "licence app pages", limit, HOUR):
        abort(429)
    asked = visit.interaction.request
    back_to = found.settings.issuer if asked is None else asked.redirect_uri
    return _links().open(
        browser=browser_digest(),
        interaction_id=visit.id,
        client_id=visit.client_id,
        host=host_of(back_to),
        address=address(),
        now=found.clock(),
        closes_at=visit.interaction.expires_at,
    )


def _page(place: Place, link: Link, *, status: int = 200, **shown: object) -> Response:
    found = services()
    state = link.state_at(found.clock())
    if state is State.SHOWN:
        try:
            link, code = _links().code(link, found.clock())
            shown["code"] = shown_code(link, code, found.settings)
        except (WrongState, LinkGone):
            # A telephone has just taken it up.
            return _see(place.visit, link)
    if state is State.CONFIRMED:
        shown.setdefault("digits", request.args.get("digits", ""))
    return _shown(place, state.value, link, status=status, **shown)


def _shown(
    place: Place, state: str, link: Link | None = None, *, status: int = 200, **shown: object
) -> Response:
    visit = place.visit
    return page(
        TEMPLATE,
        visit,
        status=status,
        state=state,
        ending=None if link is None else link.ending,
        page_url=None if link is None else visit.url("login.licence_app", link=link.id),
        state_url=None if link is None else visit.url("login.licence_app_state", link=link.id),
        poll_seconds=POLL_SECONDS,
        reload_seconds=RELOAD_SECONDS,
        digits_count=DIGITS,
        again_url=visit.url("login.licence_app"),
        other_ways_url=place.other_ways_url,
        **shown,
    )


def _again(place: Place, link: Link, wrong: WrongDigits) -> Response:
    visit = place.visit
    if not wrong.left:
        note_refusal(LicenceRequestRefused(Ending.DIGITS.value, visit.client_id), visit.id)
        return _see(visit, link)
    words = _("These are not the digits that the phone shows.") + " "
    words += ngettext("%(num)s more try.", "%(num)s more tries.", wrong.left)
    return _page(place, link, status=422, errors={"digits": words}, digits="")


def _see(visit: Visit, link: Link) -> Response:
    return _redirect(visit.url("login.licence_app", link=link.id))


def _redirect(target: str) -> Response:
    response: Response = redirect(target, 303)  # type: ignore[assignment]
    return response
