"""Every route of the protocol's room. Each hands over to a plain function, or to a page."""

from collections.abc import Callable

import flask
from flask import current_app, redirect, request, url_for

from idp import errors
from idp.browser import browser_id, csrf_exempt
from idp.oidc import asking, choosing_views, device_views, pages
from idp.oidc.authorize import endpoint
from idp.oidc.authorize.answers import Answer
from idp.oidc.endpoints import discovery, served
from idp.oidc.http import Request, RequestRefused, Response, read_request
from idp.oidc.logout import ending, front_channel, rp_initiated
from idp.oidc.pages import PlainResponse, plain
from idp.oidc.provider import Provider
from idp.oidc.registration import endpoint as registration
from idp.oidc.room import blueprint, provider

__all__ = ["blueprint", "choosing_views", "device_views"]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@csrf_exempt
def protocol() -> flask.Response:
    """The second door of what the fast path serves."""
    try:
        answer = current_app.extensions[served.KEY][request.path](_asked())
    except RequestRefused as refused:
        answer = served.refused(refused)
    flask.g.response_is_complete = True
    return PlainResponse(answer.body, status=answer.status, headers=answer.wire_headers())


for path in served.PATHS:
    blueprint.add_url_rule(
        path,
        path.strip("/").replace("/", "_").replace(".", ""),
        protocol,
        methods=METHODS,
        provide_automatic_options=False,
    )


@blueprint.route(discovery.PATHS["authorization_endpoint"], methods=("GET", "POST"))
@csrf_exempt
def authorize() -> flask.Response:
    found: Answer | Exception | None = request.environ.get(endpoint.FOUND)
    if isinstance(found, Exception):
        raise found
    return plain(found or endpoint.authorize(provider(), _asked(), browser_id()))


@blueprint.get("/oauth2/interaction/<interaction_id>")
def resume(interaction_id: str) -> flask.Response:
    return plain(endpoint.resume(provider(), _asked(), interaction_id, browser_id()))


@blueprint.get("/oauth2/interaction/<interaction_id>/cancel")
def cancel(interaction_id: str) -> flask.Response:
    return plain(endpoint.cancel(provider(), _asked(), interaction_id, browser_id()))


@blueprint.get("/consent")
def consent() -> flask.Response:
    found = asking.question(provider(), _page(), request.args.get("interaction", ""), browser_id())
    return _onward("oidc.resume") if found is None else pages.consent_page(found)


@blueprint.post("/consent")
def answer_consent() -> flask.Response:
    found = asking.question(provider(), _page(), request.args.get("interaction", ""), browser_id())
    if found is None:
        return _onward("oidc.resume")
    if request.form.get("decision") == "agree":
        if request.form.get("asked") != found.asked:
            return pages.consent_page(found)
        asking.agree(provider(), _page(), found, request.form.getlist("scope"))
        return _onward("oidc.resume")
    asking.refuse(provider(), _page(), found)
    return _onward("oidc.cancel")


@blueprint.get("/oauth2/logo/<name>.png")
def logo(name: str) -> flask.Response:
    return pages.logo(name)


@blueprint.route(discovery.PATHS["end_session_endpoint"], methods=("GET", "POST"))
@csrf_exempt
def end_session() -> flask.Response:
    return plain(rp_initiated.end_session(provider(), _asked()))


@blueprint.get(rp_initiated.CONFIRM_PATH)
def logout() -> flask.Response:
    return pages.logout_page(rp_initiated.question(provider(), _page()))


@blueprint.post(rp_initiated.CONFIRM_PATH)
def confirm_logout() -> flask.Response:
    if request.form.get("decision") == "sign_out":
        return plain(rp_initiated.confirmed(provider(), _page()))
    return _see(url_for("oidc.logout_done", stayed=1))


@blueprint.get(ending.DONE_PATH)
def logout_done() -> str:
    farewell = front_channel.recall(provider().store, request.args.get(front_channel.PARAMETER))
    return pages.logout_done_page(farewell, signed_out="stayed" not in request.args)


@blueprint.route(registration.PATH, methods=METHODS, provide_automatic_options=False)
@csrf_exempt
def register() -> flask.Response:
    return _complete(registration.register)


@blueprint.route(f"{registration.PATH}/<client_id>", methods=METHODS, provide_automatic_options=False)
@csrf_exempt
def configure(client_id: str) -> flask.Response:
    return _complete(lambda provider, asked: registration.configure(provider, asked, client_id))


def _complete(answer: Callable[[Provider, Request], Response]) -> flask.Response:
    """Of an endpoint that programs call, and that is too cold for the fast path."""
    try:
        given = answer(provider(), _asked())
    except RequestRefused as refused:
        given = served.refused(refused)
    flask.g.response_is_complete = True
    return PlainResponse(given.body, status=given.status, headers=given.wire_headers())


def _asked() -> Request:
    """The request as plain functions see it, its form included."""
    return read_request(request.environ, errors.request_id())


def _page() -> Request:
    """The same for pages of ours, whose form Flask has read."""
    return read_request(request.environ, errors.request_id(), b"")


def _onward(where: str) -> flask.Response:
    return _see(url_for(where, interaction_id=request.args["interaction"]))


def _see(location: str) -> flask.Response:
    return current_app.make_response(redirect(location, 303))
