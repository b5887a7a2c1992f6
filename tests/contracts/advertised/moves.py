"""What the contracts of discovery have in common."""

import json
from typing import Any

from idp.crypto.digests import from_base64url
from idp.oidc.clients.models import ClientRecord
from idp.oidc.http import Response
from tests.idp.oidc.world import (
    HALL,
    World,
    fields_of,
)

Metadata = dict[str, Any]
"""A discovery document."""


def change(world: World, client_id: str, **changes: Any) -> None:
    """Register the client anew. Before its first use: clients are cached."""
    with world.provider.sessions.begin() as session:
        record = session.get_one(ClientRecord, client_id)
        record.metadata_json = {**record.metadata_json, **changes}


def error_of(response: Response) -> str | None:
    return fields_of(response).get("error")


def tokens(world: World, client_id: str = HALL, /, **changes: str | None) -> dict[str, Any]:
    response = world.token(world.code(client_id, **changes), client_id)
    assert response.status == 200, response.body
    found: dict[str, Any] = json.loads(response.body)
    return found


def part_of(token: str, number: int) -> dict[str, Any]:
    """0: the header of a JWT; 1: its claims."""
    found: dict[str, Any] = json.loads(from_base64url(token.split(".")[number]))
    return found
