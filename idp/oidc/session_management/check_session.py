"""The page behind `check_session_iframe`: the one page of ours that others may put into a frame.

It shows nothing, loads nothing and asks for nothing: one script, which its policy names by digest.
"""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from idp.oidc.http import Request, Response, method_not_allowed
from idp.oidc.provider import Provider

PATH = "/oauth2/check_session"
METHODS = ("GET", "HEAD")
SCRIPT = (Path(__file__).parents[2] / "static/js/check-session.js").read_text("utf-8")
PAGE = f'<!doctype html>\n<html lang="en"><title>Session</title><script>{SCRIPT}</script></html>\n'.encode()
DIGEST = b64encode(sha256(SCRIPT.encode()).digest()).decode("ascii")
HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    # CSP Level 3 section 8.4. Whoever frames it sees nothing and can press nothing.
    (
        "Content-Security-Policy",
        f"default-src 'none'; script-src 'sha256-{DIGEST}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors *",
    ),
    ("Cache-Control", "public, max-age=300"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    # Pages that are isolated from other origins take it into a frame as well (HTML standard, section 7.1.4).
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)
OFF = Response(404, (("Content-Type", "text/plain"), ("Cache-Control", "no-store")), b"Not offered here.\n")
SERVED = Response(200, HEADERS, PAGE)


def answer(provider: Provider, request: Request) -> Response:
    if not provider.protocol.session_management:
        return OFF
    return SERVED if request.method in METHODS else method_not_allowed(METHODS)
