"""Pushed authorization requests (RFC 9126): checked before the browser is sent, and out of its reach."""

from dataclasses import replace
from datetime import datetime

from idp.oidc import resources
from idp.oidc.authorize import posted, sources
from idp.oidc.authorize.addressing import Shown, find_redirect_uri
from idp.oidc.authorize.checks import Asked
from idp.oidc.authorize.hinting import hinted_sub
from idp.oidc.authorize.request import parse
from idp.oidc.authorize.sources import Source
from idp.oidc.clients.metadata import Client
from idp.oidc.details.asking import with_particulars
from idp.oidc.endpoints import posted_form
from idp.oidc.errors import InvalidDpopProof, InvalidRequest
from idp.oidc.http import CORS, NO_STORE, Parameters, Request, Response, answer_json
from idp.oidc.provider import Provider
from idp.oidc.token import dpop

PATH = "/oauth2/par"
OF_AUTHENTICATION = frozenset({"client_secret", "client_assertion", "client_assertion_type"})
CREATED = 201
DPOP_JKT = "dpop_jkt"


def answer(provider: Provider, request: Request) -> Response:
    return posted_form.answer(provider, request, _respond, path=PATH, name="par")


def _respond(provider: Provider, request: Request, client: Client, now: datetime) -> Response:
    if "request_uri" in request.form:
        # Section 2.1
        raise InvalidRequest("A request_uri cannot be pushed.")
    given = _without_authentication(request.form, client)
    jkt = dpop.proven(provider, request, client, PATH, now)
    found = _bound(sources.pushed(provider, client, given, now), jkt)
    _check(provider, Asked(found.parameters, client))
    body = {
        "request_uri": sources.keep(provider, client, found, now),
        "expires_in": provider.protocol.request_uri_seconds,
    }
    return answer_json(
        body, status=CREATED, headers=(*NO_STORE, *CORS, *dpop.nonce_for(provider, client, now))
    )


def _check(provider: Provider, asked: Asked) -> None:
    """All that the authorization endpoint will check, while the client is there to be told. Raises
    ProtocolError."""
    try:
        posted.check_size(asked.parameters)
        wanted = parse(asked, find_redirect_uri(asked), hinted_sub(provider))
    except Shown as shown:
        # Section 2.3: here even these go to the client, which has proved who it is.
        raise shown.error from shown
    resources.asked(provider, asked.parameters)
    with_particulars(provider, asked.client, asked.parameters, wanted)


def _bound(found: Source, jkt: str | None) -> Source:
    """RFC 9449 section 10.1: the proof's key counts as `dpop_jkt`, and both may not differ."""
    if jkt is None:
        return found
    named = found.parameters.values.get(DPOP_JKT, (jkt,))
    if named != (jkt,):
        raise InvalidDpopProof("dpop_jkt is not the key of the DPoP proof.")
    return replace(found, parameters=Parameters({**found.parameters.values, DPOP_JKT: (jkt,)}))


def _without_authentication(form: Parameters, client: Client) -> Parameters:
    values = {name: value for name, value in form.values.items() if name not in OF_AUTHENTICATION}
    return Parameters({**values, "client_id": (client.client_id,)})
