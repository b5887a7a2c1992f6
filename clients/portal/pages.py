"""The portal's pages. Everything of the protocol is in `clients.sdk`."""

import json
import logging
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask, redirect, render_template, request, session, url_for
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from clients.portal import business, locale
from clients.portal.configuration import ORGANISATION, Deployment
from clients.portal.visits import Visit, Visits
from clients.sdk import LogoutRefused, NotStartedHere, Provider, ProviderUnreachable

log = logging.getLogger("clients.portal")

Page = Response | str


def init_app(
    app: Flask, deployment: Deployment, provider: Provider, visits: Visits, clock: Callable[[], datetime]
) -> None:
    pages = Pages(deployment, provider, visits, clock)
    app.context_processor(pages.context)
    app.get("/", endpoint="home")(pages.home)
    app.get("/sign-in", endpoint="sign_in")(pages.sign_in)
    app.route("/initiate", endpoint="initiate", methods=["GET", "POST"])(pages.initiate)
    app.get("/callback", endpoint="callback")(pages.callback)
    app.get("/me", endpoint="me")(pages.me)
    app.get("/services/<key>", endpoint="service")(pages.service)
    app.post("/sign-out", endpoint="sign_out")(pages.sign_out)
    app.get("/signed-out", endpoint="signed_out")(pages.signed_out)
    app.post("/back-channel-logout", endpoint="back_channel_logout")(pages.back_channel_logout)
    app.get("/locale/<tag>", endpoint="locale")(pages.choose_locale)


class Pages:
    def __init__(
        self, deployment: Deployment, provider: Provider, visits: Visits, clock: Callable[[], datetime]
    ) -> None:
        self.deployment = deployment
        self.provider = provider
        self.visits = visits
        self.clock = clock
        self.services = {service.key: service for service in deployment.services}

    def home(self) -> Page:
        return render_template("home.html")

    def sign_in(self) -> Page:
        wanted = self.services.get(request.args.get("service", ""))
        return self.provider.sign_in(
            f"{self.deployment.origin}/callback",
            level=wanted.level if wanted else 0,
            locale=locale.current(),
            remember=wanted.key if wanted else "",
            choose="choose" in request.args,
        )

    def initiate(self) -> Page:
        """Whoever has followed a link to us from their account there (OpenID Connect Core 1.0 section 4).

        `target_link_uri` is not read: a page of ours is found in our menu, and no other is led to.
        """
        if request.values.get("iss") != self.deployment.issuer:
            # Another provider than the one that signs people in here.
            raise BadRequest
        if self._visit() is not None:
            return redirect(url_for("me"), 303)
        return self.provider.sign_in(f"{self.deployment.origin}/callback", locale=locale.current())

    def callback(self) -> Page:
        try:
            sign_in = self.provider.finish()
        except NotStartedHere:
            # The back button after a sign-in that went well: nothing is wrong, so nothing is said.
            if self._visit() is not None:
                return redirect(url_for("me"))
            raise
        self.visits.end(session.get("visit"))
        visit = self.visits.start(sign_in)
        session["visit"] = visit.id
        wanted = self.services.get(sign_in.remembered)
        return redirect(url_for("service", key=wanted.key) if wanted else url_for("me"))

    def me(self) -> Page:
        return render_template("me.html") if self._visit() else redirect(url_for("home"))

    def service(self, key: str) -> Page:
        wanted = self.services.get(key)
        if wanted is None:
            raise NotFound
        visit = self._visit()
        if visit is None or self._level() < wanted.level:
            # Who comes for an organisation is asked which one, whatever they chose here the last time.
            is_asked = visit is None and wanted.of == ORGANISATION
            return redirect(url_for("sign_in", service=key, choose=1 if is_asked else None))
        refused = business.refusal(wanted, visit.sign_in.acting_for, self.clock())
        if refused is not None:
            page = render_template("message.html", kind=refused, service=wanted)
            return Response(page, 403, mimetype="text/html")
        return render_template("service.html", service=wanted)

    def sign_out(self) -> Page:
        visit = self._visit()
        if visit is None:
            return redirect(url_for("home"), 303)
        # SameSite alone would let a sister site under the same domain sign people out.
        given = request.form.get("csrf_token", "").encode()
        if not secrets.compare_digest(given, visit.csrf_token.encode()):
            raise BadRequest
        self.visits.end(visit.id)
        session.pop("visit", None)
        try:
            url = self.provider.sign_out_url(
                visit.sign_in.id_token, f"{self.deployment.origin}/signed-out", locale=locale.current()
            )
        except ProviderUnreachable:
            return render_template("message.html", kind="signed_out_here")
        return redirect(url, 303)

    def back_channel_logout(self) -> Response:
        """No browser asks here: the provider does, and what counts is its signature."""
        headers = {"Cache-Control": "no-store"}
        try:
            self.visits.end_told(self.provider.logout_notice())
        except LogoutRefused as problem:
            log.warning("logout token refused: %s", problem)
            error = {"error": "invalid_request", "error_description": str(problem)}
            return Response(json.dumps(error), 400, headers, content_type="application/json")
        except ProviderUnreachable:
            return Response(status=503, headers=headers | {"Retry-After": "30"})
        return Response(status=200, headers=headers)

    def signed_out(self) -> Page:
        return render_template("message.html", kind="signed_out")

    def choose_locale(self, tag: str) -> Page:
        if tag in locale.LOCALES:
            session["locale"] = tag
        return redirect(url_for("home"))

    def context(self) -> dict[str, Any]:
        tag = locale.current()
        visit = self._visit()
        return {
            "deployment": self.deployment,
            "portal_name": self.deployment.names[tag],
            "t": locale.texts(tag),
            "locale": tag,
            "locales": locale.LOCALES,
            "visit": visit,
            "person": visit.sign_in.claims if visit else None,
            "acting": visit.sign_in.acting_for if visit else None,
            "level": self._level(),
        }

    def _visit(self) -> Visit | None:
        return self.visits.find(session.get("visit"))

    def _level(self) -> int:
        visit = self._visit()
        return visit.sign_in.level(self.clock()) if visit else 0
