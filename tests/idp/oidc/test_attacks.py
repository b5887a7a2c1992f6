"""Attacks by relying parties and over the protocol, each tried as it would be carried out."""

import json
from base64 import urlsafe_b64decode
from typing import Any

from tests.idp.oidc.world import HALL, SPA, World

COMMON = {"iss", "acr", "amr", "auth_time", "iat", "exp", "nonce", "scope"}
"""What says the same of everybody who signs in at that moment; and of access tokens, the audience: us."""


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def test_two_portals_that_compare_their_tokens_do_not_find_their_common_people(world: World) -> None:
    world.sign_in()
    hall, spa = (json.loads(world.token(world.code(client), client).body) for client in (HALL, SPA))
    for kind in ("id_token", "access_token"):
        one, other = claims_of(hall[kind]), claims_of(spa[kind])
        shared = {name for name in one if one[name] == other.get(name)} - COMMON
        assert shared <= {"aud"}, kind
