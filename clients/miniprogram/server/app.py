"""One deployment of the back end: its provider, its store, its pages."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Flask, Response

from clients.miniprogram.server.api import Api
from clients.miniprogram.server.configuration import Deployment
from clients.miniprogram.server.onetime import CODE_SECONDS, TICKET_SECONDS, OneTime
from clients.miniprogram.server.sessions import Sessions
from clients.miniprogram.server.web_view import WebView
from clients.miniprogram.server.wechat import OpenIds, WeChat
from clients.sdk import Provider, Registration, Store, Visits, in_memory

Clock = Callable[[], datetime]


def create_app(
    deployment: Deployment,
    *,
    openids: OpenIds | None = None,
    store: Store | None = None,
    clock: Clock = lambda: datetime.now(UTC),
) -> Flask:
    """`store`: shared by all processes (`clients.sdk.sql_store`); without one there may be one alone."""
    app = Flask(__name__)
    secure = deployment.origin.startswith("https://")
    app.config.update(
        # Follows from the secret that there is: sign-ins under way outlive a restart.
        SECRET_KEY=hashlib.sha256(b"mini-program:" + deployment.client_secret.encode()).digest(),
        SESSION_COOKIE_NAME="__Host-mini" if secure else "mini",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=16 * 1024,
    )
    registration = Registration(
        issuer=deployment.issuer,
        client_id=deployment.client_id,
        client_secret=deployment.client_secret,
        scope=deployment.scope,
    )
    provider = Provider(registration, store=store or in_memory(), clock=clock)
    visits = Visits(provider.store, clock)
    tickets = OneTime("ticket", TICKET_SECONDS, provider.store, clock)
    codes = OneTime("code", CODE_SECONDS, provider.store, clock)
    api = Api(
        origin=deployment.origin,
        store=provider.store,
        sessions=Sessions(provider.store, visits, clock),
        openids=openids or WeChat(deployment.app_id, deployment.app_secret, deployment.wechat_origin),
        tickets=tickets,
        codes=codes,
        clock=clock,
    )
    pages = WebView(
        origin=deployment.origin,
        provider=provider,
        visits=visits,
        tickets=tickets,
        codes=codes,
        jssdk=deployment.jssdk,
    )
    app.register_blueprint(api.blueprint())
    app.register_blueprint(pages.blueprint())
    app.after_request(_Headers(deployment.jssdk))
    return app


class _Headers:
    def __init__(self, jssdk: str) -> None:
        parts = urlsplit(jssdk)
        self.policy = (
            f"default-src 'none'; script-src 'self' {parts.scheme}://{parts.netloc}; style-src 'self'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )

    def __call__(self, response: Response) -> Response:
        response.headers["Content-Security-Policy"] = self.policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        # The callback's address holds a code, and a ticket is one: they go to nobody as a referrer.
        response.headers["Referrer-Policy"] = "no-referrer"
        if response.mimetype == "text/html":
            response.headers["Cache-Control"] = "no-store"
        return response
