"""Whose word about the caller's address is believed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FORWARDED = tuple(f"HTTP_X_FORWARDED_{name}" for name in ("FOR", "PROTO", "HOST", "PORT", "PREFIX"))


class TrustedProxies:
    """Applies X-Forwarded-For and -Proto from the named peers alone, and strips them from all others.

    Anyone can send these headers: believed from everywhere, they would let an attacker choose the
    address that throttles and the log see.
    """

    def __init__(self, app: "WSGIApplication", trusted: Iterable[str]) -> None:
        self._direct = app
        self._behind_proxy = ProxyFix(app, x_for=1, x_proto=1)
        self._trusted = frozenset(trusted)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ.get("REMOTE_ADDR") in self._trusted:
            return self._behind_proxy(environ, start_response)
        for name in FORWARDED:
            environ.pop(name, None)
        return self._direct(environ, start_response)
