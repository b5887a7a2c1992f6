"""A device with a screen and no browser, and the person who answers it with a phone."""

import json
from dataclasses import dataclass, replace
from typing import Any

from idp.oidc import asking
from idp.oidc.authorize import endpoint
from idp.oidc.clients.fields.device import DEVICE_CODE
from idp.oidc.clients.models import ClientRecord
from idp.oidc.device import verification
from idp.oidc.http import Request, Response
from tests.idp.oidc.world import BROWSER, HALL, SECRETS, SPA, World, basic, fields_of, path_of

AUTHORIZATION, TOKEN = "/oauth2/device_authorization", "/oauth2/token"
INTERVAL = 5


def register(world: World, client_id: str, **fields: Any) -> None:
    """A client without any redirect_uri. Before its first use: clients are cached."""
    kept = {"redirect_uris": [], "grant_types": [DEVICE_CODE, "refresh_token"]}
    with world.provider.sessions.begin() as session:
        record = session.get_one(ClientRecord, client_id)
        record.metadata_json = {**record.metadata_json, **kept, **fields}


@dataclass
class Kiosk:
    world: World
    client_id: str = SPA
    codes: dict[str, Any] | None = None

    def post(self, path: str, values: dict[str, str | None], **headers: str) -> Response:
        secret = SECRETS.get(self.client_id)
        if secret is None:
            return self.world.post(path, {"client_id": self.client_id, **values}, **headers)
        return self.world.post(path, values, authorization=basic(self.client_id, secret), **headers)

    def ask(self, **values: str | None) -> Response:
        response = self.post(AUTHORIZATION, {"scope": "openid profile", **values})
        if response.status == 200:
            self.codes = json.loads(response.body)
        return response

    @property
    def device_code(self) -> str:
        assert self.codes is not None
        return str(self.codes["device_code"])

    @property
    def user_code(self) -> str:
        assert self.codes is not None
        return str(self.codes["user_code"])

    def poll(self, *, after: float = INTERVAL, **values: str | None) -> Response:
        self.world.clock.advance(after)
        form = {"grant_type": DEVICE_CODE, "device_code": self.device_code, **values}
        return self.post(TOKEN, form)


def said(response: Response) -> Any:
    return json.loads(response.body)


def error(response: Response) -> str:
    assert response.status in {400, 401, 429}, response
    found: str = said(response)["error"]
    return found


@dataclass
class Phone:
    """The browser of a person, signed in by `world.sign_in`."""

    world: World
    browser: str = BROWSER
    address: str = "192.0.2.1"

    def request(self) -> Request:
        return replace(self.world.get("/"), address=self.address)

    def enter(self, typed: str) -> str:
        return verification.enter(self.world.provider, self.request(), typed, self.browser)

    def question(self, typed: str) -> verification.Question:
        entry = self.enter(typed)
        return verification.question(self.world.provider, self.request(), entry, self.browser)

    def confirm(self, typed: str) -> str:
        """The id of the interaction that follows."""
        return verification.go_on(self.world.provider, self.question(typed), self.browser).id

    def resume(self, interaction_id: str) -> Response:
        response = endpoint.resume(self.world.provider, self.request(), interaction_id, self.browser)
        assert isinstance(response, Response)
        return response

    def cancel(self, interaction_id: str) -> Response:
        response = endpoint.cancel(self.world.provider, self.request(), interaction_id, self.browser)
        assert isinstance(response, Response)
        return response

    def agree(self, interaction_id: str) -> Response:
        question = asking.question(self.world.provider, self.request(), interaction_id, self.browser)
        assert question is not None
        asking.agree(self.world.provider, self.request(), question, ())
        return self.resume(interaction_id)

    def approve(self, typed: str) -> Response:
        """All the way, agreeing to what is asked."""
        interaction_id = self.confirm(typed)
        response = self.resume(interaction_id)
        if path_of(response) == "/consent":
            response = self.agree(interaction_id)
        assert fields_of(response)["outcome"] == "approved"
        return response


__all__ = ["HALL", "SPA", "Kiosk", "Phone", "error", "register", "said"]
