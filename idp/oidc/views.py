"""The routes of the protocol's room. They hand over to plain functions, and dress pages."""

from collections.abc import Callable
from urllib.parse import urlsplit

import flask
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState

from idp import errors, locales
from idp.browser import browser_id, browser_is_new, csrf_exempt
from idp.fastpath import headers_of
from idp.headers import allow_form_action
from idp.locales import gettext as _
from idp.oidc import asking, endpoints
from idp.oidc.asking import Question
from idp.oidc.authorize import endpoint
from idp.oidc.authorize.request import Shown
from idp.oidc.http import Request, RequestRefused, Response, read_request
from idp.oidc.interaction import InteractionExpired, InteractionForeign
from idp.oidc.logout import rp_initiated
from idp.oidc.provider import Provider, open_provider

KEY = "yitong.oidc"
blueprint = Blueprint("oidc", __name__)
SCOPE_WORDS: dict[str, Callable[[], str]] = {
    "openid": lambda: _("A number that stands for you there, and nowhere else"),
    "profile": lambda: _("Name, date of birth and sex"),
    "phone": lambda: _("Mobile phone number"),
    "resident_number": lambda: _("Number of your identity document"),
}


class PlainResponse(flask.Response):
    """Has the headers that it is given, and no others."""

    default_mimetype = None


@blueprint.record_once
def _open(state: BlueprintSetupState) -> None:
    """The provider, its table of endpoints, and a route for each of them."""
    app = state.app
    found = app.extensions["yitong"]
    app.extensions[KEY] = provider = open_provider(
        found.settings,
        clock=found.clock,
        engine=found.engine,
        store=found.store,
        master_keys=found.master_keys,
        cipher=found.cipher,
        audit=found.audit,
        clients=found.clients,
    )
    app.extensions[endpoints.KEY] = table = endpoints.table(provider)
    for path in table:
        state.add_url_rule(
            path,
            path.strip("/").replace("/", "_").replace(".", ""),
            protocol,
            methods=("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
            provide_automatic_options=False,
        )


def provider() -> Provider:
    """The current app's."""
    found: Provider = current_app.extensions[KEY]
    return found


@csrf_exempt
def protocol() -> flask.Response:
    try:
        answer = current_app.extensions[endpoints.KEY][request.path](asked())
    except RequestRefused as refused:
        answer = endpoints.refused(refused)
    return complete(answer)


@blueprint.route(endpoint.PATH, methods=("GET", "POST"))
@csrf_exempt
def authorize() -> flask.Response:
    return _flask(endpoint.authorize(provider(), asked(), browser_id()))


@blueprint.get("/oauth2/interaction/<interaction_id>")
def resume(interaction_id: str) -> flask.Response:
    return _flask(endpoint.resume(provider(), asked(), interaction_id, browser_id()))


@blueprint.get("/oauth2/interaction/<interaction_id>/cancel")
def cancel(interaction_id: str) -> flask.Response:
    return _flask(endpoint.cancel(provider(), asked(), interaction_id, browser_id()))


@blueprint.route("/consent", methods=("GET", "POST"))
def consent() -> flask.Response:
    interaction_id = request.args.get("interaction", "")
    found = asking.question(provider(), without_body(), interaction_id, browser_id())
    onward = url_for("oidc.resume", interaction_id=interaction_id)
    if found is None:
        return _see(onward)
    if request.method == "GET":
        return _consent_page(found)
    if request.form.get("decision") == "agree":
        asking.agree(provider(), without_body(), found, request.form.getlist("scope"))
        return _see(onward)
    asking.refuse(provider(), without_body(), found)
    return _see(url_for("oidc.cancel", interaction_id=interaction_id))


@blueprint.route(rp_initiated.PATH, methods=("GET", "POST"))
@csrf_exempt
def end_session() -> flask.Response:
    return _flask(rp_initiated.end_session(provider(), asked()))


@blueprint.route(rp_initiated.CONFIRM_PATH, methods=("GET", "POST"))
def logout() -> flask.Response:
    if request.method == "GET":
        return _logout_page()
    if request.form.get("decision") == "stay":
        return _see(url_for("oidc.logout_done", stayed=1))
    return _flask(rp_initiated.confirmed(provider(), without_body()))


@blueprint.get(rp_initiated.DONE_PATH)
def logout_done() -> str:
    return render_template("oidc/logout_done.html", signed_out="stayed" not in request.args)


def asked() -> Request:
    """The request as plain functions see it, its form included."""
    return read_request(request.environ, errors.request_id())


def without_body() -> Request:
    """For pages of ours, whose form Flask has read."""
    return read_request(request.environ, errors.request_id(), b"")


def complete(answer: Response) -> flask.Response:
    """An answer that nothing is added to, so that it is what the fast path gives."""
    flask.g.response_is_complete = True
    return PlainResponse(answer.body, status=answer.status, headers=headers_of(answer))


def _flask(answer: Response) -> flask.Response:
    return PlainResponse(answer.body, status=answer.status, headers=list(answer.headers))


def _see(location: str) -> flask.Response:
    return current_app.make_response(redirect(location, 303))


def _consent_page(found: Question) -> flask.Response:
    locales.hint(" ".join(found.interaction.ui_locales))
    if found.interaction.form_action:
        allow_form_action(found.interaction.form_action)
    metadata, locale = found.client.metadata, locales.current_locale()
    items = [
        {
            "name": item.scope,
            "label": SCOPE_WORDS[item.scope](),
            "value_masked": item.value_masked,
            "required": item.required,
        }
        for item in found.items
    ]
    page = render_template(
        "oidc/consent.html",
        client_name=found.client.name(locale),
        organisation=metadata.text("organization_name", locale) or None,
        portal_host=found.portal_host,
        purpose=metadata.text("purpose", locale) or None,
        privacy_url=metadata.text("policy_uri", locale) or None,
        days=found.days,
        items=items,
    )
    return flask.Response(page)


def _logout_page() -> flask.Response:
    wanted = rp_initiated.asked(provider(), without_body())
    if wanted.return_to is not None:
        parts = urlsplit(wanted.return_to)
        allow_form_action(f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:")
    name = None if wanted.client is None else wanted.client.name(locales.current_locale())
    return flask.Response(render_template("oidc/logout.html", client_name=name))


@blueprint.app_errorhandler(InteractionExpired)
def _expired(over: InteractionExpired) -> flask.Response:
    client = None if over.client_id is None else provider().clients.find(over.client_id)
    locale = locales.current_locale()
    page = render_template(
        "login/expired.html",
        kind=over.kind,
        client_name=None if client is None else client.name(locale),
        portal_url=None if client is None else client.metadata.text("client_uri", locale) or None,
    )
    return flask.Response(page, status=400)


@blueprint.app_errorhandler(InteractionForeign)
def _foreign(_error: InteractionForeign) -> flask.Response:
    """A browser without our cookie either keeps none, or is another than the one that began."""
    if browser_is_new():
        page = render_template("login/cookies.html", retry_url=request.full_path, portal_url=None)
    else:
        page = render_template("login/expired.html", kind="foreign", portal_url=None)
    return flask.Response(page, status=400)


@blueprint.errorhandler(Shown)
def _shown(shown: Shown) -> flask.Response:
    error = shown.error
    return errors.page(error.status, error=error.error, detail=f"{error.description} {error.detail}")


@blueprint.errorhandler(RequestRefused)
def _refused(refused: RequestRefused) -> flask.Response:
    return errors.page(refused.status, error="request_refused", detail=refused.reason)
