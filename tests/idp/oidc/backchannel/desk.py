"""A client that asks by the back channel, a person who answers, and the worker between."""

import json
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import Key

from idp.messages import sms
from idp.messages.sms import Sms
from idp.oidc.authorize import endpoint as authorization
from idp.oidc.backchannel import endpoint, listed, notices
from idp.oidc.backchannel.delivery import Notifications
from idp.oidc.clients.fields.backchannel import CIBA
from idp.oidc.clients.models import ClientRecord
from idp.oidc.decoupled import answering
from idp.oidc.decoupled.waiting import WaitingRequest
from idp.oidc.http import Response
from idp.outbound import Answer
from idp.storage import outbox
from idp.storage.outbox import Drained
from tests.idp.oidc.clients.signing import NUMBERS, signed
from tests.idp.oidc.logout.clients import Say
from tests.idp.oidc.logout.clients import answering as saying
from tests.idp.oidc.world import BROWSER, HALL, SECRETS, TAX, World, basic, fields_of, path_of

TOKEN = "t" * 32
TOLD_AT = {client_id: f"https://{client_id}.example/told" for client_id in (HALL, TAX)}


def body_of(response: Response) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response.body)
    return found


def signed_request(
    world: World, key: Key, client_id: str, /, *, algorithm: str = "ES256", **changes: Any
) -> str:
    """A fair signed request (section 7.1.1); None takes a claim away."""
    now = int(world.clock().timestamp())
    claims: dict[str, Any] = {
        "iss": client_id,
        "aud": world.provider.issuer,
        "iat": now,
        "nbf": now,
        "exp": now + 60,
        "jti": f"request-{next(NUMBERS)}",
        "scope": "openid profile",
        "binding_message": "W4SCT",
    }
    kept = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return signed(key, kept, algorithm=algorithm)


@dataclass
class Desk:
    """Of one client, before its first use: clients are cached."""

    world: World
    client_id: str = HALL
    mode: str = "poll"
    fields: dict[str, Any] = field(default_factory=dict)
    say: Say = field(default_factory=lambda: saying(204))
    posts: list[tuple[str, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    """Address, body, headers."""
    texts: list[Sms] = field(default_factory=list)

    def __post_init__(self) -> None:
        told = (
            {}
            if self.mode == "poll"
            else {"backchannel_client_notification_endpoint": TOLD_AT[self.client_id]}
        )
        with self.world.provider.sessions.begin() as session:
            record = session.get_one(ClientRecord, self.client_id)
            grants = record.metadata_json.get("grant_types", ["authorization_code"])
            record.metadata_json = {
                **record.metadata_json,
                "grant_types": [*(one for one in grants if one != CIBA), CIBA],
                "backchannel_token_delivery_mode": self.mode,
                **told,
                **self.fields,
            }
        provider = self.world.provider
        self.notifications = Notifications(
            clock=provider.clock,
            cipher=provider.cipher,
            store=provider.store,
            sessions=provider.sessions,
            find_client=provider.clients.find,
            post=self._post,
            append=provider.audit.append,
        )

    def sub(self) -> str:
        """The person has signed in at the client once, in the usual way."""
        level = 3 if self.client_id == TAX else 2
        self.world.sign_in(level=level, method="face" if level == 3 else "password")
        found = body_of(self.world.token(self.world.code(self.client_id), self.client_id))
        from tests.contracts.advertised.moves import part_of

        sub: str = part_of(found["id_token"], 1)["sub"]
        self.id_token = found["id_token"]
        return sub

    def ask(self, **changes: str | None) -> Response:
        values: dict[str, str | None] = {"scope": "openid profile", "binding_message": "W4SCT"}
        if self.mode != "poll":
            values["client_notification_token"] = TOKEN
        return self.world.post(
            endpoint.PATH, {**values, **changes}, authorization=basic(self.client_id, SECRETS[self.client_id])
        )

    def asked(self, sub: str, **changes: str | None) -> str:
        response = self.ask(login_hint=sub, **changes)
        assert response.status == 200, response.body
        auth_req_id: str = body_of(response)["auth_req_id"]
        return auth_req_id

    def poll(self, auth_req_id: str, client_id: str = "", **changes: str | None) -> Response:
        client_id = client_id or self.client_id
        values: dict[str, str | None] = {"grant_type": CIBA, "auth_req_id": auth_req_id}
        return self.world.post(
            "/oauth2/token", {**values, **changes}, authorization=basic(client_id, SECRETS[client_id])
        )

    def error(self, auth_req_id: str, client_id: str = "") -> str:
        error: str = body_of(self.poll(auth_req_id, client_id))["error"]
        return error

    # The person

    def waiting(self, person_id: str = "") -> list[WaitingRequest]:
        return listed.of_person(self.world.provider, person_id or self.world.person_id, self.world.clock())

    def approve(self, found: WaitingRequest) -> Response:
        started = answering.begin(self.world.provider, found, BROWSER, self.world.clock())
        response = self.world.resume(started.id)
        if path_of(response) == "/consent":
            response = self.world.agree(response)
        return response

    def refuse(self, found: WaitingRequest) -> Response:
        started = answering.begin(self.world.provider, found, BROWSER, self.world.clock())
        cancelled = authorization.cancel(self.world.provider, self.world.get("/"), started.id, BROWSER)
        assert fields_of(cancelled)["outcome"] == "denied"
        return cancelled

    # The worker

    def _post(self, uri: str, body: bytes, headers: dict[str, str]) -> Answer:
        self.posts.append((uri, json.loads(body), headers))
        return self.say(uri)

    def drain(self) -> Drained:
        handlers = {notices.KIND: self.notifications}
        return outbox.drain(self.world.provider.sessions, handlers, self.world.clock)

    def send_texts(self) -> list[Sms]:
        handlers = {sms.KIND: sms.handler(self.world.provider.cipher, self.texts.append)}
        outbox.drain(self.world.provider.sessions, handlers, self.world.clock)
        return self.texts
