"""The browser that asks: a random id in a cookie, and the CSRF token that follows from it.

The id outlives sessions. It carries no right; it binds an interaction to the browser that started it,
gives a device that is known to an account a failure budget of its own, and keys the CSRF token.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Request, Response, abort, g, request

from idp.crypto.digests import digest, keyed, new_secret, same

View = TypeVar("View", bound=Callable[..., Any])

COOKIE = "__Host-browser"
COOKIE_SECONDS = 365 * 24 * 3600
ID = re.compile(r"[A-Za-z0-9_-]{43}")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class CookiesBlocked(Exception):
    """A form came back without the cookie that its page set."""


def browser_id() -> str:
    """This browser's id; a new one is set with the response when it had none."""
    if "browser_id" not in g:
        g.browser_is_new = not is_id(request.cookies.get(COOKIE, ""))
        g.browser_id = new_secret() if g.browser_is_new else request.cookies[COOKIE]
    return str(g.browser_id)


def browser_digest() -> str:
    """What is kept in its place."""
    return digest(browser_id())


def browser_is_new() -> bool:
    browser_id()
    return bool(g.browser_is_new)


def init_app(app: Flask, csrf_key: bytes) -> None:
    """Check every form before its view runs, and hand the token to templates as `csrf_token()`."""

    def token() -> str:
        return keyed(csrf_key, "csrf", browser_id())

    def check() -> None:
        if request.method in SAFE_METHODS or _is_exempt(app, request):
            return
        if request.routing_exception is not None:
            return  # no view will run; the answer says what is wrong with the address
        if not _is_same_origin(request, app.config["ISSUER"]):
            abort(403)
        if browser_is_new():
            raise CookiesBlocked
        given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
        if not same(given, token()):
            abort(403)

    def remember(response: Response) -> Response:
        if g.get("browser_is_new"):
            response.set_cookie(
                COOKIE, g.browser_id, max_age=COOKIE_SECONDS, secure=True, httponly=True, samesite="Lax"
            )
        return response

    app.before_request(check)
    app.after_request(remember)
    app.jinja_env.globals["csrf_token"] = token


def csrf_exempt(view: View) -> View:
    """Marks a protocol endpoint: it authenticates its caller by other means than a cookie."""
    view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


def _is_exempt(app: Flask, asked: Request) -> bool:
    view = app.view_functions.get(asked.endpoint or "")
    return bool(getattr(view, "csrf_exempt", False))


def _is_same_origin(asked: Request, issuer: str) -> bool:
    # OWASP CSRF cheat sheet: the browser's own word comes first, the token second.
    site = asked.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = asked.headers.get("Origin")
    return origin is None or origin == issuer


def is_id(text: str) -> bool:
    """Whether it has the form of a browser's id."""
    return ID.fullmatch(text) is not None
