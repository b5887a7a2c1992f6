"""A small portal on Flask's extension, and somebody in a browser there."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from clients.sdk import raise_for_step_up
from clients.sdk.flask import RelyingParty
from tests.clients.fake_provider import CLIENT_ID, CLIENT_SECRET, FakeProvider
from tests.fakes import FakeClock

ORIGIN = "http://portal.localhost"


def configured(issuer: str, **more: Any) -> Flask:
    app = Flask(__name__)
    app.config |= {
        "SECRET_KEY": "of the test",
        "YITONG_ISSUER": issuer,
        "YITONG_CLIENT_ID": CLIENT_ID,
        "YITONG_CLIENT_SECRET": CLIENT_SECRET,
        "YITONG_ORIGIN": ORIGIN,
        **more,
    }
    return app


class Portal:
    def __init__(self, provider: FakeProvider, clock: FakeClock, **more: Any) -> None:
        self.provider = provider
        self.app = app = configured(provider.issuer, **more)
        self.party = party = RelyingParty(app, clock=clock)
        self.browser = app.test_client()
        self.challenge: dict[str, str] = {}

        @app.get("/me")
        @party.login_required
        def me() -> str:
            return f"{party.current.sub} at {party.level} {party.csrf_token}"

        @app.route("/filing", methods=["GET", "POST"])
        @party.login_required(level=3, max_age=600)
        def filing() -> str:
            return "filed"

        @app.get("/tax")
        def tax() -> str:
            party.require_matter("tax")
            return "none" if party.acting_for is None else party.acting_for.sub

        @app.get("/pension")
        def pension() -> str:
            party.require_matter("pension")
            return "here"

        @app.get("/token")
        def token() -> dict[str, str]:
            return party.authorization("GET", "https://service.test/")

        @app.get("/service")
        def service() -> str:
            raise_for_step_up(401, self.challenge)
            return "served"

        @app.get("/open")
        def open_to_all() -> str:
            return str(party.visit)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.browser.get(path, base_url=ORIGIN, headers={"Accept": "text/html", **headers})

    def post(self, path: str, **form: str) -> TestResponse:
        return self.browser.post(path, base_url=ORIGIN, data=form)

    def come_back(self, sent: TestResponse) -> TestResponse:
        assert sent.status_code in (302, 303), sent.text
        return self.get(self.provider.authorize(sent.location).removeprefix(ORIGIN))

    def sign_in(self, path: str = "/me") -> TestResponse:
        return self.come_back(self.get(path))


def query(answer: TestResponse) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}
