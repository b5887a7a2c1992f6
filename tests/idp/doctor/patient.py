"""A world whose failures are looked up by their references, as a developer does it."""

import json
import re
from typing import Any

from idp.doctor.diagnosis import Diagnosis, diagnose
from idp.doctor.saying import in_english
from idp.error_references import Cause, explain
from idp.oidc.authorize.addressing import Shown
from idp.oidc.clients.models import ClientRecord
from idp.oidc.http import Request, Response
from tests.idp.oidc.world import HALL, World, fields_of

REFERENCE = re.compile(r"reference ([0-9A-Z]{4}-[0-9A-Z]{4})")


def cause_of(world: World, answer: Response) -> Cause:
    """By the reference that the answer carries, wherever it does."""
    headers = dict(answer.headers)
    said = answer.body.decode() + headers.get("WWW-Authenticate", "")
    if "Location" in headers:
        said += fields_of(answer).get("error_description", "")
    found = REFERENCE.search(said)
    assert found is not None, (answer.status, said)
    cause = explain(world.provider.store, found[1])
    assert cause is not None
    return cause


def diagnosed(world: World, cause: Cause) -> Diagnosis:
    client = world.provider.clients.known(cause.client_id) if cause.client_id else None
    return diagnose(cause, client, (HALL,))


def of(world: World, answer: Response) -> Diagnosis:
    return diagnosed(world, cause_of(world, answer))


def shown(world: World, asked: Request, raised: Shown) -> Diagnosis:
    """Of an error that is a page: the page keeps the same cause."""
    return diagnosed(world, world.provider.cause(raised.error, "authorize", asked, None, raised.given))


def words(found: Diagnosis) -> str:
    return " ".join(one.by(in_english) for one in (found.broken, *found.particulars, *found.mend))


def verdicts(found: Diagnosis) -> dict[str, str]:
    return {one.name: one.verdict.value for one in found.parameters}


def change(world: World, client_id: str, **fields: Any) -> None:
    with world.provider.sessions.begin() as session:
        record = session.get_one(ClientRecord, client_id)
        record.metadata_json = {**record.metadata_json, **fields}
    world.provider.clients.forget(client_id)


def body(answer: Response) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.body)
    return found
