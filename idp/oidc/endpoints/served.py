"""The endpoints that both doors serve, in one table.

The fast path calls them before Flask is asked; Flask's views call the very same.
"""

import logging
from collections.abc import Callable, Mapping

from idp.oidc.backchannel import endpoint as backchannel
from idp.oidc.device import authorization
from idp.oidc.endpoints import discovery, introspection, par, revocation, userinfo
from idp.oidc.http import NO_STORE, Endpoint, Request, RequestRefused, Response, answer_json
from idp.oidc.provider import Provider
from idp.oidc.session_management import check_session
from idp.oidc.token import server
from idp.storage.outages import OUTAGES

KEY = "yitong.oidc.endpoints"
"""Where a Flask app keeps its table."""
log = logging.getLogger(__name__)


ENDPOINTS: Mapping[str, Callable[[Provider, Request], Response]] = {
    server.PATH: server.answer,
    userinfo.PATH: userinfo.answer,
    par.PATH: par.answer,
    introspection.PATH: introspection.answer,
    revocation.PATH: revocation.answer,
    authorization.PATH: authorization.answer,
    backchannel.PATH: backchannel.answer,
    check_session.PATH: check_session.answer,
}
DOCUMENTS: Mapping[str, Callable[[Provider, bytes], bytes]] = {
    discovery.PATHS["jwks_uri"]: lambda provider, _described: provider.keys.current().jwks,
    discovery.PATHS["receipts_jwks_uri"]: lambda provider, _described: provider.keys.of_receipts().jwks,
    "/.well-known/openid-configuration": lambda _provider, described: described,
    "/.well-known/oauth-authorization-server": lambda _provider, described: described,
}
"""What anybody may read. `described`: the metadata, put together once."""
PATHS = (*ENDPOINTS, *DOCUMENTS)


def table(provider: Provider) -> Mapping[str, Endpoint]:
    """Path -> endpoint."""
    described = discovery.document(
        provider.issuer,
        provider.protocol,
        tuple(provider.details_types),
        highest_level=provider.highest_level,
    )

    def endpoint(path: str) -> Endpoint:
        answer = ENDPOINTS[path]
        return lambda request: answer(provider, request)

    def document(path: str) -> Endpoint:
        body = DOCUMENTS[path]
        return lambda request: discovery.answer(body(provider, described), request)

    served = {**{path: endpoint(path) for path in ENDPOINTS}, **{path: document(path) for path in DOCUMENTS}}
    return {path: _steady(answer) for path, answer in served.items()}


def refused(error: RequestRefused) -> Response:
    """The answer to something that is no request."""
    body = {"error": "invalid_request", "error_description": error.reason}
    return answer_json(body, status=error.status, headers=NO_STORE)


def _steady(endpoint: Endpoint) -> Endpoint:
    """A store or a database that does not answer is a 503, and nothing has been acknowledged."""

    def answer(request: Request) -> Response:
        try:
            return endpoint(request)
        except OUTAGES as error:
            # The exception's text may quote a statement's values; its name is enough to look further.
            log.error(  # noqa: TRY400
                "%s is unavailable: %s", request.path, type(error).__name__
            )
            body = {"error": "temporarily_unavailable", "error_description": "Please try again."}
            return answer_json(body, status=503, headers=(*NO_STORE, ("Retry-After", "2")))

    return answer
