"""The portal's pages. Everything of the protocol is in `clients.sdk`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from clients.portal import business, locale
from clients.portal.configuration import ORGANISATION, Deployment
from clients.sdk import ProviderUnreachable
from clients.sdk.flask import RelyingParty

Page = ResponseReturnValue


def init_app(app: Flask, deployment: Deployment, party: RelyingParty, clock: Callable[[], datetime]) -> None:
    pages = Pages(deployment, party, clock)
    app.context_processor(pages.context)
    app.get("/", endpoint="home")(pages.home)
    app.get("/sign-in", endpoint="sign_in")(pages.sign_in)
    app.route("/initiate", endpoint="initiate", methods=["GET", "POST"])(party.initiate_view)
    app.get("/callback", endpoint="callback")(party.callback_view)
    app.get("/me", endpoint="me")(pages.me)
    app.get("/services/<key>", endpoint="service")(pages.service)
    app.post("/sign-out", endpoint="sign_out")(pages.sign_out)
    app.get("/signed-out", endpoint="signed_out")(pages.signed_out)
    app.post("/back-channel-logout", endpoint="back_channel_logout")(party.back_channel_logout_view)
    app.get("/locale/<tag>", endpoint="locale")(pages.choose_locale)


class Pages:
    def __init__(self, deployment: Deployment, party: RelyingParty, clock: Callable[[], datetime]) -> None:
        self.deployment = deployment
        self.party = party
        self.clock = clock
        self.services = {service.key: service for service in deployment.services}

    def home(self) -> Page:
        return render_template("home.html")

    def sign_in(self) -> Page:
        wanted = self.services.get(request.args.get("service", ""))
        return self.party.begin(
            to=url_for("service", key=wanted.key) if wanted else "",
            level=wanted.level if wanted else 0,
            choose="choose" in request.args,
        )

    def me(self) -> Page:
        return render_template("me.html") if self.party.visit else redirect(url_for("home"))

    def service(self, key: str) -> Page:
        wanted = self.services.get(key)
        if wanted is None:
            raise NotFound
        if self.party.level < wanted.level:
            # Who comes for an organisation is asked which one, whatever they chose here the last time.
            is_asked = self.party.visit is None and wanted.of == ORGANISATION
            return redirect(url_for("sign_in", service=key, choose=1 if is_asked else None))
        refused = business.refusal(wanted, self.party.acting_for, self.clock())
        if refused is not None:
            return render_template("message.html", kind=refused, service=wanted), 403
        return render_template("service.html", service=wanted)

    def sign_out(self) -> Page:
        if self.party.visit is None:
            return redirect(url_for("home"), 303)
        try:
            return self.party.sign_out()
        except ProviderUnreachable:
            return render_template("message.html", kind="signed_out_here")

    def signed_out(self) -> Page:
        return render_template("message.html", kind="signed_out")

    def choose_locale(self, tag: str) -> Page:
        if tag in locale.LOCALES:
            session["locale"] = tag
        return redirect(url_for("home"))

    def context(self) -> dict[str, Any]:
        tag, visit = locale.current(), self.party.visit
        return {
            "deployment": self.deployment,
            "portal_name": self.deployment.names[tag],
            "t": locale.texts(tag),
            "locale": tag,
            "locales": locale.LOCALES,
            "visit": visit,
            "person": visit.sign_in.claims if visit else None,
            "acting": visit.sign_in.acting_for if visit else None,
            "level": self.party.level,
        }
