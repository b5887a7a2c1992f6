"""The endpoints that both doors serve, in one table.

The fast path calls them before Flask is asked; Flask's views call the very same.
"""

import logging
from collections.abc import Mapping

from idp.oidc import discovery, introspection, par, revocation, userinfo
from idp.oidc.backchannel import endpoint as backchannel
from idp.oidc.device import authorization
from idp.oidc.http import NO_STORE, Endpoint, Request, RequestRefused, Response, answer_json
from idp.oidc.provider import Provider
from idp.oidc.session_management import check_session
from idp.oidc.token import server
from idp.storage.outages import OUTAGES

KEY = "yitong.oidc.endpoints"
"""Where a Flask app keeps its table."""
log = logging.getLogger(__name__)


PATHS = (
    discovery.PATHS["token_endpoint"],
    discovery.PATHS["userinfo_endpoint"],
    discovery.PATHS["pushed_authorization_request_endpoint"],
    discovery.PATHS["introspection_endpoint"],
    discovery.PATHS["revocation_endpoint"],
    discovery.PATHS["jwks_uri"],
    discovery.PATHS["receipts_jwks_uri"],
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    check_session.PATH,
    discovery.PATHS["device_authorization_endpoint"],
    backchannel.PATH,
)


def table(provider: Provider) -> Mapping[str, Endpoint]:
    """Path -> endpoint."""
    described = discovery.document(provider.issuer, provider.protocol, tuple(provider.details_types))
    served: tuple[Endpoint, ...] = (
        lambda request: server.answer(provider, request),
        lambda request: userinfo.answer(provider, request),
        lambda request: par.answer(provider, request),
        lambda request: introspection.answer(provider, request),
        lambda request: revocation.answer(provider, request),
        lambda request: discovery.answer(provider.keys.current().jwks, request),
        lambda request: discovery.answer(provider.keys.of_receipts().jwks, request),
        lambda request: discovery.answer(described, request),
        lambda request: discovery.answer(described, request),
        lambda request: check_session.answer(provider, request),
        lambda request: authorization.answer(provider, request),
        lambda request: backchannel.answer(provider, request),
    )
    return dict(zip(PATHS, map(_steady, served), strict=True))


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
