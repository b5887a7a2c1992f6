"""The addresses that a licence app calls, and the page where a link leads that no app has caught."""

import json
from collections.abc import Callable

from flask import Response, request

from idp.browser import csrf_exempt
from idp.extensions import services
from idp.locales import current_locale
from idp.login.circumstances import address, context
from idp.login.licence_app import calls
from idp.login.licence_app.calls import Call, PhoneError
from idp.login.licence_app.pages import OPEN_PATH, open_links
from idp.login.licence_app.phone import PhoneDesk
from idp.login.room import blueprint
from idp.login.services import login_services
from idp.login.visits import page
from idp.oidc.room import provider
from idp.storage.outages import OUTAGES

BODY_BYTES_AT_MOST = 65536
JSON = "application/json"

Answer = Callable[[PhoneDesk, Call], dict[str, object]]


@blueprint.get(OPEN_PATH)
def licence_app_open() -> Response:
    return page("login/licence_app_open.html", None)


@blueprint.post(f"{OPEN_PATH}/v1/scan")
@csrf_exempt
def licence_app_scan() -> Response:
    return _answered(PhoneDesk.scan)


@blueprint.post(f"{OPEN_PATH}/v1/confirm")
@csrf_exempt
def licence_app_confirm() -> Response:
    return _answered(PhoneDesk.confirm)


@blueprint.post(f"{OPEN_PATH}/v1/refuse")
@csrf_exempt
def licence_app_refuse() -> Response:
    return _answered(PhoneDesk.refuse)


@blueprint.post(f"{OPEN_PATH}/v1/status")
@csrf_exempt
def licence_app_status() -> Response:
    return _answered(PhoneDesk.status)


def _answered(answer: Answer) -> Response:
    try:
        return _json(answer(_desk(), _call()), 200)
    except PhoneError as refused:
        return _refused(refused)
    except OUTAGES:
        return _refused(calls.unavailable())


def _refused(refused: PhoneError) -> Response:
    response = _json(refused.body, refused.status)
    if refused.retry_after:
        response.headers["Retry-After"] = str(refused.retry_after)
    return response


def _call() -> Call:
    """Raises PhoneError."""
    # A page of another origin can send no JSON without asking first, and no answer lets it.
    if request.mimetype != JSON:
        raise PhoneError(415, "invalid_request", f"The body is {JSON}.")
    if (request.content_length or 0) > BODY_BYTES_AT_MOST:
        raise _too_large()
    # Of a body that does not say how long it is, this reads no more than the app takes of any.
    body = request.get_data(cache=False)
    if len(body) > BODY_BYTES_AT_MOST:
        raise _too_large()
    now = services().clock()
    return Call(
        body=body,
        address=address(),
        language=current_locale(),
        now=now,
        context=context(now),
    )


def _too_large() -> PhoneError:
    return PhoneError(413, "invalid_request", f"The body has {BODY_BYTES_AT_MOST} bytes at most.")


def _desk() -> PhoneDesk:
    found = services()
    return PhoneDesk(
        links=open_links(found),
        licences=login_services().licences,
        find_client=provider().clients.find,
        cipher=found.cipher,
        throttle=found.throttle,
        audit=found.audit,
        return_url=f"{found.settings.issuer}/login/licence-app/return",
        calls_per_address_per_hour=found.settings.licence_app.calls_per_address_per_hour,
        same_network_only=found.settings.licence_app.same_network_only,
    )


def _json(body: dict[str, object], status: int) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type=JSON)
