"""The moves of a client that registers itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from idp.oidc.clients.credentials.assertions import Assertions
from idp.oidc.clients.credentials.jwks import ClientKeys, Fetch
from idp.oidc.http import Request, Response
from idp.oidc.registration import initial_tokens
from idp.oidc.registration.endpoint import configure, register
from tests.idp.oidc.world import VERIFIER, World, basic, fields_of

APP = "https://app.example/callback"
FAIR: Mapping[str, Any] = {
    "redirect_uris": [APP],
    "client_name": "Rain tomorrow",
    "grant_types": ["authorization_code", "refresh_token"],
}


def body_of(response: Response) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response.body)
    return found


def opened(world: World, mode: str = "open", fetch: Fetch | None = None, **settings: Any) -> "Desk":
    """The same provider with registration on."""
    provider = world.provider
    protocol = provider.protocol.model_copy(update={"registration": mode, **settings})
    asks = fetch or nobody_answers
    keys = ClientKeys(asks, world.clock)
    assertions = Assertions(provider.issuer, keys, provider.store)
    world.provider = replace(
        provider,
        protocol=protocol,
        fetch=asks,
        client_keys=keys,
        issuer_keys=keys,
        authenticator=replace(provider.authenticator, assertions=assertions, keys=keys),
    )
    world.__post_init__()
    return Desk(world)


def nobody_answers(uri: str) -> bytes:
    raise AssertionError(f"{uri} was asked for")


def answering(documents: Mapping[str, Any]) -> Fetch:
    def fetch(uri: str) -> bytes:
        if uri not in documents:
            raise OSError("unreachable")
        return json.dumps(documents[uri]).encode()

    return fetch


@dataclass
class Desk:
    world: World

    def ask(
        self,
        method: str,
        members: Any = None,
        *,
        client_id: str | None = None,
        token: str | None = None,
        body: bytes | None = None,
        address: str = "192.0.2.9",
        content_type: str = "application/json",
    ) -> Response:
        path = "/oauth2/register" + (f"/{client_id}" if client_id else "")
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        sent = body if body is not None else (b"" if members is None else json.dumps(members).encode())
        request = Request(
            method, path, headers, content_type=content_type, address=address, request_id="r", body=sent
        )
        if client_id is None:
            return register(self.world.provider, request)
        return configure(self.world.provider, request, client_id)

    def post(self, changes: Mapping[str, Any] | None = None, *, token: str | None = None) -> Response:
        return self.ask("POST", {**FAIR, **(changes or {})}, token=token)

    def made(self, changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
        response = self.post(changes)
        assert response.status == 201, response.body
        return body_of(response)

    def manage(self, client: Mapping[str, Any], method: str, members: Any = None) -> Response:
        return self.ask(
            method, members, client_id=client["client_id"], token=client["registration_access_token"]
        )

    def initial_token(self, *, uses: int = 1, days: int = 1) -> str:
        with self.world.provider.sessions.begin() as session:
            return initial_tokens.make(session, uses=uses, days=days, now=self.world.clock())[1]

    def refusal(self, changes: Mapping[str, Any]) -> str:
        """The error code that a registration gets."""
        response = self.post(changes)
        assert response.status == 400, response.body
        error: str = body_of(response)["error"]
        return error

    def signed_in(self, client: Mapping[str, Any], scope: str = "openid profile") -> dict[str, Any]:
        """Tokens for the person, who agreed; as a client with a secret gets them."""
        world = self.world
        uri = client["redirect_uris"][0]
        asked = world.authorize(client["client_id"], redirect_uri=uri, scope=scope)
        code = fields_of(world.agree(asked, chosen=tuple(scope.split())))["code"]
        answered = world.post(
            "/oauth2/token",
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": uri,
                "code_verifier": VERIFIER,
            },
            authorization=basic(client["client_id"], client["client_secret"]),
        )
        assert answered.status == 200, answered.body
        return body_of(answered)


def replacement(client: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """What a client sends back of what it got, with changes (RFC 7592 section 2.2)."""
    ours = {
        *("registration_access_token", "registration_client_uri"),
        *("client_id_issued_at", "client_secret_expires_at"),
    }
    kept = {name: value for name, value in client.items() if name not in ours}
    return {name: value for name, value in {**kept, **changes}.items() if value is not None}


def count(world: World, table: Any) -> int:
    with world.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()
