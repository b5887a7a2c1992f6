"""The hot endpoints, answered before Flask is asked: its dispatch costs more than all their work.

The same functions stand behind Flask's routes; a contract test compares the two doors' answers.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask

from idp.crypto.digests import new_secret
from idp.oidc import endpoints
from idp.oidc.http import Endpoint, RequestRefused, read_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_ID_BYTES = 12
STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class FastPath:
    """Wraps a WSGI application; paths that are not in the table go on to it."""

    def __init__(self, app: "WSGIApplication", table: Mapping[str, Endpoint]) -> None:
        self._app = app
        self._table = table

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        endpoint = self._table.get(environ.get("PATH_INFO", ""))
        if endpoint is None:
            return self._app(environ, start_response)
        try:
            response = endpoint(read_request(environ, new_secret(REQUEST_ID_BYTES)))
        except RequestRefused as refused:
            response = endpoints.refused(refused)
        start_response(STATUS[response.status], response.wire_headers())
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [response.body]


def init_app(app: Flask) -> None:
    """Put the fast path before the app. The table is the one that the app's own routes use."""
    app.wsgi_app = FastPath(app.wsgi_app, app.extensions[endpoints.KEY])  # type: ignore[method-assign]
