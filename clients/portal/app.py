"""One deployment of the portal: its settings, its provider, its pages."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, Response

from clients.portal import locale, pages, problems
from clients.portal.configuration import Deployment
from clients.sdk import Registration
from clients.sdk.flask import Paths, RelyingParty

Clock = Callable[[], datetime]


def create_app(deployment: Deployment, *, clock: Clock = lambda: datetime.now(UTC)) -> Flask:
    app = Flask(__name__)
    client_secret = deployment.secret_file.read_text("utf-8").strip()
    app.config.update(
        # Follows from the secret that there is: sign-ins under way outlive a restart, and no file
        # more to guard.
        SECRET_KEY=hashlib.sha256(b"portal session:" + client_secret.encode()).digest(),
        # Cookies ignore ports: two portals on one host would overwrite each other's.
        SESSION_COOKIE_NAME=f"portal-{deployment.key}",
        SESSION_COOKIE_HTTPONLY=True,
        MAX_CONTENT_LENGTH=16 * 1024,
    )
    registration = Registration(
        issuer=deployment.issuer,
        client_id=deployment.client_id,
        client_secret=client_secret,
        scope=deployment.scope,
        level=deployment.level,
    )
    party = RelyingParty(
        app,
        registration,
        origin=deployment.origin,
        paths=Paths(home="/me", signed_out="/signed-out"),
        locale=locale.current,
        clock=clock,
        has_views=False,
    )
    pages.init_app(app, deployment, party, clock)
    problems.init_app(app)
    app.after_request(_Headers(deployment.issuer))
    return app


class _Headers:
    def __init__(self, issuer: str) -> None:
        # `form-action` covers what a form is redirected to: signing out goes on to the provider.
        self.policy = (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
            f"frame-ancestors 'none'; form-action 'self' {issuer}"
        )

    def __call__(self, response: Response) -> Response:
        response.headers["Content-Security-Policy"] = self.policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        # The callback's address holds a code: it goes to nobody as a referrer.
        response.headers["Referrer-Policy"] = "no-referrer"
        if response.mimetype == "text/html":
            response.headers["Cache-Control"] = "no-store"
        return response
