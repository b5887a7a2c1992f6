"""Whose word about the caller's address is believed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CERTIFICATE, VERIFIED = "yitong.client_certificate", "yitong.client_certificate_verified"
"""In the environment, where no header can write: what the proxy says of the TLS client."""
CERTIFICATE_HEADERS = ("HTTP_X_CLIENT_CERTIFICATE", "HTTP_X_CLIENT_VERIFIED")
"""nginx's $ssl_client_escaped_cert and $ssl_client_verify."""
UNIX_SOCKET = ""
"""The address of a peer that comes through one."""
FORWARDED = tuple(f"HTTP_X_FORWARDED_{name}" for name in ("FOR", "PROTO", "HOST", "PORT", "PREFIX"))


class TrustedProxies:
    """Applies X-Forwarded-For and -Proto from the named peers alone, and strips them from all others.
    So it does with the certificate of the TLS client.

    Anyone can send these headers: believed from everywhere, they would let an attacker choose the
    address that throttles and the log see.
    """

    def __init__(
        self, app: "WSGIApplication", trusted: Iterable[str], *, takes_certificates: bool = False
    ) -> None:
        self._direct = app
        self._behind_proxy = ProxyFix(app, x_for=1, x_proto=1)
        self._trusted = frozenset(trusted)
        self._takes_certificates = takes_certificates

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        certificate, verified = (environ.pop(name, "") for name in CERTIFICATE_HEADERS)
        if environ.get("REMOTE_ADDR") in self._trusted:
            if self._takes_certificates:
                environ[CERTIFICATE] = certificate
                environ[VERIFIED] = verified == "SUCCESS"
            return self._behind_proxy(environ, start_response)
        for name in FORWARDED:
            environ.pop(name, None)
        return self._direct(environ, start_response)
