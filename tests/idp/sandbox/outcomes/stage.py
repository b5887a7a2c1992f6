"""A world with scripts: sign-ins that go as their app chose."""

import json
from dataclasses import dataclass
from typing import Any

from idp.crypto.digests import from_base64url
from idp.oidc.http import Response
from idp.sandbox.outcomes import state
from idp.sandbox.outcomes.scripts import Scripts
from idp.sandbox.outcomes.twisting import Outcomes
from tests.idp.oidc.world import HALL, World, fields_of, path_of


@dataclass
class Stage:
    world: World
    scripts: Scripts
    outcomes: Outcomes
    slept: list[float]

    def choose(self, *outcomes: str, sign_ins: int | None = 1, seconds: int | None = None) -> None:
        self.scripts.put(HALL, outcomes, sign_ins=sign_ins, seconds=seconds)

    def back(self, client_id: str = HALL, /, **changes: str | None) -> dict[str, str]:
        """What comes back to the portal from a person who is signed in and agrees."""
        response = self.world.authorize(client_id, **changes)
        if path_of(response) == "/consent":
            response = self.world.agree(response)
        return fields_of(response)

    def tokens(self, client_id: str = HALL, /, **changes: str | None) -> dict[str, Any]:
        response = self.world.token(self.back(client_id, **changes)["code"], client_id)
        assert response.status == 200, response.body
        return body(response)

    def id_token(self, client_id: str = HALL, /, **changes: str | None) -> dict[str, Any]:
        return claims(self.tokens(client_id, **changes)["id_token"])

    def state(self) -> dict[str, Any]:
        return state.state(self.scripts, HALL)

    def seen(self) -> list[str]:
        """What was observed of the last run."""
        return [f"{one['what']} {one['detail']}" for one in self.state()["runs"][-1]["observed"]]

    def fault_seen(self) -> bool:
        return bool(self.state()["runs"][-1]["fault_seen"])


def body(response: Response) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response.body)
    return found


def claims(token: str) -> dict[str, Any]:
    """Whatever its signature is."""
    return segment(token, 1)


def segment(token: str, which: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(from_base64url(token.split(".")[which]))
    return found
