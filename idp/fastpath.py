"""The hot endpoints, answered before Flask is asked: its dispatch costs more than all their work.

The same functions stand behind Flask's routes; a contract test compares the two doors' answers.
"""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask

from idp import browser, headers, sessions
from idp.crypto.digests import base64url
from idp.oidc import room
from idp.oidc.authorize import endpoint as authorization
from idp.oidc.authorize import popup
from idp.oidc.authorize.answers import Answer
from idp.oidc.endpoints import served
from idp.oidc.http import Endpoint, Request, RequestRefused, Response, read_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_ID_BYTES = 12
STATUS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Authorization:
    """The authorization endpoint for a browser that is signed in: nearly always a redirect, and no page."""

    answer: Callable[[Request, str], Answer]
    """Of a request and the browser's id."""
    headers: Mapping[bool, tuple[tuple[str, str], ...]]
    """What Flask adds to every answer of a page's address, by whether it keeps its window's opener."""
    is_blocked: Callable[[str | None], bool]
    """Whether an address is in a range where pages let nobody begin."""


class FastPath:
    """Wraps a WSGI application; paths that are not in the table go on to it."""

    def __init__(
        self, app: "WSGIApplication", table: Mapping[str, Endpoint], authorization: Authorization
    ) -> None:
        self._app = app
        self._table = table
        self._authorization = authorization

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        endpoint = self._table.get(path)
        if endpoint is None:
            if path == authorization.PATH and _is_plain_get(environ):
                return self._authorize(environ, start_response)
            return self._app(environ, start_response)
        try:
            response = endpoint(read_request(environ, _request_id()))
        except RequestRefused as refused:
            response = served.refused(refused)
        start_response(STATUS[response.status], response.wire_headers())
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [response.body]

    def _authorize(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Redirects leave from here. Where a page is due, Flask makes it of what was found out here: the
        request is worked on once, whichever way its answer goes."""
        try:
            request = read_request(environ, _request_id(), b"")
            device = request.cookie(browser.COOKIE)
            is_new = not browser.is_id(device) or not request.cookie(sessions.COOKIE)
            if is_new or self._authorization.is_blocked(request.address):
                return self._app(environ, start_response)
            answer = self._authorization.answer(request, device)
        except Exception as error:
            # Every error of this address is a page.
            environ[authorization.FOUND] = error
            return self._app(environ, start_response)
        if not isinstance(answer, Response):
            environ[authorization.FOUND] = answer
            return self._app(environ, start_response)
        added = self._authorization.headers[popup.OPENER_KEPT in answer.headers]
        start_response(STATUS[answer.status], [*answer.wire_headers(), *added])
        return [answer.body]


def before(app: Flask, inner: "WSGIApplication") -> FastPath:
    """The fast path of an app. Its table and its provider are those of the app's own routes."""
    provider = app.extensions[room.KEY]
    return FastPath(
        inner,
        app.extensions[served.KEY],
        Authorization(
            lambda request, device: authorization.authorize(provider, request, device),
            {
                says: headers.beside_a_redirect(hsts=app.config["HSTS"], says_opener=says)
                for says in (False, True)
            },
            provider.blocks.cover,
        ),
    )


def init_app(app: Flask) -> None:
    app.wsgi_app = before(app, app.wsgi_app)  # type: ignore[method-assign]


def _request_id() -> str:
    """Tells requests apart in logs and answers. It opens nothing, so nobody is kept from guessing it; each
    process begins elsewhere."""
    return base64url(random.randbytes(REQUEST_ID_BYTES))  # noqa: S311


def _is_plain_get(environ: "WSGIEnvironment") -> bool:
    """Without a body, which could be read only once."""
    return (
        environ["REQUEST_METHOD"] == "GET"
        and environ.get("CONTENT_LENGTH", "") in {"", "0"}
        and ("HTTP_TRANSFER_ENCODING" not in environ)
    )
