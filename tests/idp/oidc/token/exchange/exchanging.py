"""A desk that the hall calls, and what it calls in turn: an archive of the hall's own, and the tax office."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from joserfc.jwk import Key
from sqlalchemy.orm import Session

from idp.crypto.digests import base64url
from idp.oidc.clients.fields.exchange import TOKEN_EXCHANGE
from idp.oidc.clients.metadata import read
from idp.oidc.clients.models import ClientRecord
from idp.oidc.clients.resources import claim
from idp.oidc.http import FORM, Parameters, Request, Response
from idp.oidc.subjects import sub_of
from idp.oidc.token.exchange.tokens import ACCESS_TOKEN
from tests.idp.oidc.clients.secret_rows import secret_row
from tests.idp.oidc.conftest import NOW
from tests.idp.oidc.token.proving import proof, redeem
from tests.idp.oidc.world import HALL, SECRETS, TAX, World, basic

DESK, ARCHIVE, VAULT = "desk", "archive", "vault"
AT_DESK, AT_ARCHIVE, AT_VAULT = "https://desk.example/", "urn:example:archive", "urn:example:vault"
AT_TAX = "https://api.tax.example/"
SERVED = {DESK: AT_DESK, ARCHIVE: AT_ARCHIVE, VAULT: AT_VAULT}
MANIFESTS: dict[str, dict[str, Any]] = {
    DESK: {
        "sector": "desk.example",
        "grant_types": [TOKEN_EXCHANGE, "client_credentials"],
        "token_exchange": [
            {"subject_client": HALL, "resources": [AT_ARCHIVE, AT_TAX], "scope": "openid profile phone"}
        ],
    },
    ARCHIVE: {
        "sector": "hall.example",
        "grant_types": [TOKEN_EXCHANGE],
        "token_exchange": [
            {"subject_client": DESK, "resources": [AT_VAULT, AT_DESK], "scope": "openid profile"}
        ],
    },
    VAULT: {"sector": "hall.example", "grant_types": []},
}


def forged(claims: dict[str, Any], header: dict[str, Any] | None = None, signature: str = "") -> str:
    """A JWT that says anything."""
    parts = (header or {"alg": "none", "typ": "at+jwt"}, claims)
    return ".".join((*(base64url(json.dumps(part).encode()) for part in parts), signature))


def secret_of(client_id: str) -> str:
    return SECRETS.get(client_id, f"{client_id}-secret")


@dataclass
class Exchange:
    world: World

    def ask(
        self, subject_token: str, client_id: str = DESK, *, key: Key | None = None, **changes: Any
    ) -> Response:
        values: dict[str, Any] = {
            "grant_type": TOKEN_EXCHANGE,
            "subject_token": subject_token,
            "subject_token_type": ACCESS_TOKEN,
            "resource": AT_ARCHIVE,
            **changes,
        }
        given = {name: value for name, value in values.items() if value is not None}
        headers = {"authorization": basic(client_id, secret_of(client_id))}
        if key is not None:
            headers["dpop"] = proof(self.world, key)
        form = Parameters.parse(urlencode(given, doseq=True).encode())
        request = Request("POST", "/oauth2/token", headers, form=form, content_type=FORM, address="192.0.2.3")
        return self.world.endpoints["/oauth2/token"](request)

    def made(self, subject_token: str, client_id: str = DESK, **changes: Any) -> dict[str, Any]:
        answer = self.ask(subject_token, client_id, **changes)
        assert answer.status == 200, answer.body
        found: dict[str, Any] = json.loads(answer.body)
        return found

    def refused(self, subject_token: str, client_id: str = DESK, **changes: Any) -> str:
        answer = self.ask(subject_token, client_id, **changes)
        assert answer.status == 400, answer.body
        return str(json.loads(answer.body)["error"])

    def own_token(self, client_id: str = DESK) -> str:
        """Of a client for itself."""
        who, values = basic(client_id, secret_of(client_id)), {"grant_type": "client_credentials"}
        answer = json.loads(self.world.post("/oauth2/token", values, authorization=who).body)
        found: str = answer["access_token"]
        return found

    def said(self, token: str, client_id: str) -> dict[str, Any]:
        """At the introspection endpoint."""
        who = basic(client_id, secret_of(client_id))
        found: dict[str, Any] = json.loads(
            self.world.post("/oauth2/introspect", {"token": token}, authorization=who).body
        )
        return found

    def revoke(self, token: str, client_id: str) -> int:
        who = basic(client_id, secret_of(client_id))
        return self.world.post("/oauth2/revoke", {"token": token}, authorization=who).status

    def register(self, client_id: str, **changes: Any) -> None:
        """Known to every process at once, as far as the test goes."""
        with self.world.provider.sessions.begin() as session:
            record = session.get_one(ClientRecord, client_id)
            record.metadata_json = {**record.metadata_json, **changes}
        self.world.provider.clients.forget(client_id)

    def add(self, client_id: str, uri: str, **fields: Any) -> None:
        """A client that serves this."""
        with self.world.provider.sessions.begin() as session:
            self.added(session, client_id, uri, fields)

    def added(self, session: Session, client_id: str, uri: str, fields: dict[str, Any]) -> None:
        metadata = read({"client_id": client_id, "client_name": client_id, "response_types": [], **fields})
        record = ClientRecord(client_id=client_id, sector=metadata.sector)
        record.metadata_json, record.created_at, record.updated_at = metadata.to_json(), NOW, NOW
        session.add(record)
        claim(session, client_id, [uri])
        key = self.world.provider.authenticator.secrets.key
        session.add(secret_row(key, client_id, secret_of(client_id), NOW))

    def rule(self, client_id: str = DESK, **changes: Any) -> None:
        """Change the first rule of the client."""
        with self.world.provider.sessions() as session:
            first, *others = session.get_one(ClientRecord, client_id).metadata_json["token_exchange"]
        self.register(client_id, token_exchange=[{**first, **changes}, *others])

    def sub(self, client_id: str) -> str:
        """Of the person, at that client."""
        client = self.world.provider.clients.find(client_id)
        assert client is not None
        return sub_of(self.world.provider.pairwise_key, client, self.world.person_id)


def opened(world: World) -> Exchange:
    """With the clients registered, and the person signed in."""
    found = Exchange(world)
    with world.provider.sessions.begin() as session:
        for client_id, fields in MANIFESTS.items():
            found.added(session, client_id, SERVED[client_id], fields)
        claim(session, TAX, [AT_TAX])
    world.sign_in()
    return found


def token_for_desk(
    world: World,
    client_id: str = HALL,
    *,
    key: Key | None = None,
    resource: str | None = AT_DESK,
    **changes: str,
) -> str:
    """What a client of the person's calls the desk with."""
    code = world.code(client_id, resource=resource, **changes)
    answer = redeem(world, client_id, code, None if key is None else proof(world, key))
    assert answer.status == 200, answer.body
    found: str = json.loads(answer.body)["access_token"]
    return found


def agree_with_tax(world: World, scope: str = "openid profile") -> None:
    """The person signs in at the tax office, which asks for level 3, and agrees."""
    world.prove(level=3, method="face")
    world.code(TAX, scope=scope)
