"""A provider with its stores, two portals and one person; and the moves of a browser and a portal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import Engine, select

from idp import sessions
from idp.audit.models import AuditEvent
from idp.crypto.digests import base64url, digest
from idp.oidc import asking
from idp.oidc.authorize import endpoint
from idp.oidc.endpoints import served
from idp.oidc.http import FORM, Parameters, Request, Response
from idp.oidc.provider import Provider
from idp.oidc.subjects import sid_of
from idp.session_proofs import Proof
from tests.fakes import FakeClock

BROWSER = "the browser of this test"
VERIFIER = "v" * 43
CHALLENGE = digest(VERIFIER)
HALL, TAX, SPA = "hall", "tax", "spa"
REDIRECT_URIS = {
    HALL: "http://hall.localhost:8001/callback",
    TAX: "http://tax.localhost:8002/callback",
    SPA: "https://spa.example/callback",
}
SECRETS = {HALL: "hall-secret", TAX: "tax-secret"}


def fields_of(response: Response) -> dict[str, str]:
    """The query of the address that the response leads to."""
    return dict(parse_qsl(urlsplit(location_of(response)).query))


def location_of(response: Response) -> str:
    return dict(response.headers)["Location"]


def path_of(response: Response) -> str:
    return urlsplit(location_of(response)).path


def basic(client_id: str, secret: str) -> str:
    from base64 import b64encode

    return "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()


def parameters(values: Mapping[str, str | None]) -> Parameters:
    given = {name: value for name, value in values.items() if value is not None}
    return Parameters.parse(urlencode(given).encode())


@dataclass
class World:
    provider: Provider
    engine: Engine
    clock: FakeClock
    person_id: str
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.endpoints = served.table(self.provider)

    # The browser

    def get(self, path: str, values: Mapping[str, str | None] | None = None) -> Request:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return Request("GET", path, {"cookie": cookie}, parameters(values or {}), address="192.0.2.1")

    def sign_in(
        self,
        *,
        level: int = 2,
        method: str = "password",
        at: datetime | None = None,
        evidence: str | None = None,
    ) -> str:
        """As the login room does it; returns the session's own id."""
        proof = Proof(
            method, level, at or self.clock(), ("face",) if method == "face" else ("pwd",), evidence
        )
        with self.provider.sessions.begin() as session:
            opened, secret = sessions.open(
                session, self.person_id, proof, now=self.clock(), settings=self.provider.protocol
            )
        self.cookies[sessions.COOKIE] = secret
        return opened.sid

    def sid_at(self, client_id: str, session_id: str) -> str:
        """By what `sid` that client knows a session."""
        client = self.provider.clients.find(client_id)
        assert client is not None
        return sid_of(self.provider.pairwise_key, client, session_id)

    def prove(self, *, level: int, method: str) -> None:
        proof = Proof(method, level, self.clock(), ("face",) if method == "face" else ("pwd",))
        with self.provider.sessions.begin() as session:
            opened = sessions.find(session, self.cookies[sessions.COOKIE], self.clock())
            assert opened is not None
            self.cookies[sessions.COOKIE] = sessions.add_proof(
                session, opened, proof, now=self.clock(), settings=self.provider.protocol
            )

    def authorization(self, client_id: str = HALL, /, **changes: str | None) -> Request:
        values: dict[str, str | None] = {
            "client_id": client_id,
            "redirect_uri": REDIRECT_URIS.get(client_id),
            "response_type": "code",
            "scope": "openid profile",
            "state": "the-state",
            "nonce": "the-nonce",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return self.get(endpoint.PATH, {**values, **changes})

    def authorize(self, client_id: str = HALL, /, **changes: str | None) -> Response:
        return endpoint.authorize(self.provider, self.authorization(client_id, **changes), BROWSER)

    def resume(self, interaction_id: str) -> Response:
        return endpoint.resume(self.provider, self.get("/"), interaction_id, BROWSER)

    def agree(self, response: Response, chosen: tuple[str, ...] = ()) -> Response:
        """On the consent page that `response` leads to; returns what follows."""
        assert path_of(response) == "/consent", location_of(response)
        interaction_id = fields_of(response)["interaction"]
        question = asking.question(self.provider, self.get("/consent"), interaction_id, BROWSER)
        assert question is not None
        asking.agree(self.provider, self.get("/consent"), question, chosen)
        return self.resume(interaction_id)

    def code(self, client_id: str = HALL, /, **changes: str | None) -> str:
        """A code for the person who is signed in, agreed to if need be."""
        response = self.authorize(client_id, **changes)
        if path_of(response) == "/consent":
            response = self.agree(response)
        return fields_of(response)["code"]

    # The portal

    def post(self, path: str, values: Mapping[str, str | None], **headers: str) -> Response:
        request = Request(
            "POST",
            path,
            {name.lower(): value for name, value in headers.items()},
            form=parameters(values),
            content_type=FORM,
            address="192.0.2.2",
        )
        return self.endpoints[path](request)

    def token(self, code: str, client_id: str = HALL, /, **changes: str | None) -> Response:
        values: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT_URIS[client_id],
            "code_verifier": VERIFIER,
        }
        if client_id not in SECRETS:
            return self.post("/oauth2/token", {**values, "client_id": client_id, **changes})
        authorization = basic(client_id, SECRETS[client_id])
        return self.post("/oauth2/token", {**values, **changes}, authorization=authorization)

    def userinfo(self, access_token: str) -> Response:
        headers = {"authorization": f"Bearer {access_token}"}
        return self.endpoints["/oauth2/userinfo"](Request("GET", "/oauth2/userinfo", headers))

    def events(self, name: str) -> list[Any]:
        """Audit events of that name, in order."""
        with self.engine.connect() as connection:
            statement = select(AuditEvent.__table__).where(AuditEvent.name == name).order_by(AuditEvent.seq)
            return list(connection.execute(statement))


def challenge_of(verifier: str) -> str:
    from hashlib import sha256

    return base64url(sha256(verifier.encode()).digest())
