"""The pages of a device's code, and the one that every request without a redirect ends on."""

from flask import Response, current_app, redirect, request, url_for

from idp import errors
from idp.browser import browser_id
from idp.oidc import device_pages
from idp.oidc.decoupled import answering
from idp.oidc.device import verification
from idp.oidc.device.verification import WrongCode
from idp.oidc.http import Request, read_request
from idp.oidc.room import blueprint, provider


@blueprint.get(verification.PATH)
def device() -> Response:
    return device_pages.code_page(request.args.get("user_code", ""))


@blueprint.post(verification.PATH)
def enter_code() -> Response:
    typed = request.form.get("user_code", "")
    try:
        entry = verification.enter(provider(), _page(), typed, browser_id())
    except WrongCode as wrong:
        return device_pages.wrong_code_page(wrong, typed)
    return _see(url_for("oidc.device_question", entry=entry))


@blueprint.get(f"{verification.PATH}/confirm")
def device_question() -> Response:
    return device_pages.question_page(_question())


@blueprint.post(f"{verification.PATH}/confirm")
def answer_device_question() -> Response:
    """Who says that it is not theirs has begun it all the same, and refuses."""
    started = verification.go_on(provider(), _question(), browser_id())
    onward = "oidc.resume" if request.form.get("decision") == "mine" else "oidc.cancel"
    return _see(url_for(onward, interaction_id=started.id))


@blueprint.get(answering.ANSWERED_PATH)
def answered() -> Response:
    found = answering.concluded(provider(), request.args.get("interaction", ""), browser_id())
    return device_pages.answered_page(found, is_approved=request.args.get("outcome") == answering.APPROVED)


def _question() -> verification.Question:
    return verification.question(provider(), _page(), request.args.get("entry", ""), browser_id())


def _page() -> Request:
    """The form has been read by Flask."""
    return read_request(request.environ, errors.request_id(), b"")


def _see(location: str) -> Response:
    return current_app.make_response(redirect(location, 303))
