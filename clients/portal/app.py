"""The portal's pages. Everything of the protocol is in `clients.sdk`."""

import hashlib
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, Response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from clients.portal.configuration import LOCALES, Deployment, load, texts
from clients.sdk import LevelTooLow, Provider, Registration, SignInRefused, level_of

# What the portal remembers of a person: the cookie is small, and less known is less lost.
KEPT = ("sub", "name", "acr", "auth_time", "phone_number", "resident_number", "id_token")


def create_app(deployment: Deployment) -> Flask:
    app = Flask(__name__)
    client_secret = deployment.secret_file.read_text("utf-8").strip()
    app.config.update(
        # Follows from the secret that there is: sign-ins outlive a restart, and no file more to guard.
        SECRET_KEY=hashlib.sha256(b"portal session:" + client_secret.encode()).digest(),
        # Cookies ignore ports: two portals on one host would overwrite each other's.
        SESSION_COOKIE_NAME=f"portal-{deployment.key}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    provider = Provider(
        app,
        Registration(
            issuer=deployment.issuer,
            client_id=deployment.client_id,
            client_secret=client_secret,
            scope=deployment.scope,
            level=deployment.level,
        ),
    )
    app.context_processor(partial(_page_context, deployment))
    app.after_request(_secure)
    _add_pages(app, deployment, provider)
    return app


def _add_pages(app: Flask, deployment: Deployment, provider: Provider) -> None:
    services = {service.key: service for service in deployment.services}
    callback = f"{deployment.origin}/callback"

    @app.get("/")
    def home() -> str:
        return render_template("home.html")

    @app.get("/sign-in")
    def sign_in() -> BaseResponse:
        wanted = services.get(request.args.get("service", ""))
        session["service"] = wanted.key if wanted else None
        return provider.sign_in(callback, level=wanted.level if wanted else None, locale=_locale())

    @app.get("/callback")
    def finish() -> BaseResponse:
        wanted = services.get(session.pop("service", None) or "")
        person = provider.finish(level=wanted.level if wanted else None)
        kept = {name: person[name] for name in KEPT if name in person}
        locale = _locale()
        # What was in the cookie before the sign-in does not survive it (session fixation).
        session.clear()
        session.update(person=kept, locale=locale)
        return redirect(url_for("service", key=wanted.key) if wanted else url_for("me"))

    @app.get("/me")
    def me() -> BaseResponse | str:
        return render_template("me.html") if "person" in session else redirect(url_for("home"))

    @app.get("/services/<key>")
    def service(key: str) -> BaseResponse | str | tuple[str, int]:
        wanted = services.get(key)
        if wanted is None:
            return render_template("message.html", title="not_found", body="not_found_body"), 404
        held = level_of(session["person"]) if "person" in session else 0
        if held < wanted.level:
            return redirect(url_for("sign_in", service=key))
        return render_template("service.html", service=wanted)

    @app.post("/sign-out")
    def sign_out() -> BaseResponse:
        person = session.get("person")
        locale = _locale()
        session.clear()
        session["locale"] = locale
        if person is None:
            return redirect(url_for("home"))
        return redirect(provider.sign_out_url(person["id_token"], f"{deployment.origin}/signed-out"))

    @app.get("/signed-out")
    def signed_out() -> str:
        return render_template("message.html", title="signed_out", body="signed_out_body")

    @app.get("/locale/<tag>")
    def locale(tag: str) -> BaseResponse:
        if tag in LOCALES:
            session["locale"] = tag
        return redirect(url_for("home"))

    @app.errorhandler(SignInRefused)
    def refused(problem: SignInRefused) -> tuple[str, int]:
        kind = "cancelled" if problem.error == "access_denied" else "refused"
        page = render_template("message.html", title=kind, body=f"{kind}_body", detail=problem.description)
        return page, 200 if kind == "cancelled" else 502

    @app.errorhandler(LevelTooLow)
    def too_low(problem: LevelTooLow) -> tuple[str, int]:
        return render_template("message.html", title="too_low", body="too_low_body", detail=str(problem)), 403


def _locale() -> str:
    chosen = session.get("locale")
    if chosen in LOCALES:
        return str(chosen)
    for tag, _quality in request.accept_languages:
        lower = tag.lower()
        if lower.startswith("en"):
            return "en"
        if lower.startswith("zh"):
            traditional = any(part in lower for part in ("hant", "tw", "hk", "mo"))
            return "zh-Hant" if traditional else "zh-CN"
    return "zh-CN"


def _page_context(deployment: Deployment) -> dict[str, Any]:
    locale = _locale()
    return {
        "deployment": deployment,
        "portal_name": deployment.names[locale],
        "t": texts(locale),
        "locale": locale,
        "locales": LOCALES,
        "person": session.get("person"),
        "level": level_of(session["person"]) if "person" in session else 0,
    }


def _secure(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def open_app(path: Path) -> Flask:
    return create_app(load(path))
