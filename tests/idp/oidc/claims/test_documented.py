"""The example of docs/receipts.md, as a relying party would paste it."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from joserfc.errors import JoseError

from idp.oidc.http import Request
from idp.settings import ROOT
from tests.idp.oidc.claims.evidence import sign_in_by_face
from tests.idp.oidc.claims.test_ordinary import got
from tests.idp.oidc.claims.test_receipts import claims_of, jwks, receipt_of
from tests.idp.oidc.claims.test_verified import UNITS
from tests.idp.oidc.world import HALL, TAX, World, fields_of

TEXT = (ROOT / "docs" / "receipts.md").read_text("utf-8")
ISSUER = "https://id.example"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def check_receipt() -> Callable[..., dict[str, Any]]:
    names: dict[str, Any] = {}
    exec(block("python"), names)
    found: Callable[..., dict[str, Any]] = names["check_receipt"]
    return found


def test_it_takes_a_genuine_receipt_and_no_other(
    world: World, check_receipt: Callable[..., dict[str, Any]]
) -> None:
    evidence = sign_in_by_face(world)
    token, keys = receipt_of(world), jwks(world)
    sub = claims_of(token)["sub"]
    check = check_receipt(token, keys, ISSUER, HALL, sub)
    assert check["gates"] == evidence.receipt["gates"]
    for wrong in (("https://other.example", HALL, sub), (ISSUER, TAX, sub), (ISSUER, HALL, "another")):
        with pytest.raises(ValueError, match="another"):
            check_receipt(token, keys, *wrong)
    with pytest.raises(JoseError):
        check_receipt(f"{token[:-4]}AAAA", keys, ISSUER, HALL, sub)
    access_token = json.loads(world.token(world.code()).body)["access_token"]
    with pytest.raises(JoseError):
        check_receipt(access_token, keys, ISSUER, HALL, sub)
    token_keys = json.loads(world.endpoints["/oauth2/jwks"](Request("GET", "/oauth2/jwks")).body)
    with pytest.raises(ValueError, match="not a receipt"):
        check_receipt(access_token, token_keys, ISSUER, HALL, sub)


def test_the_request_gets_what_the_document_says(world: World) -> None:
    sign_in_by_face(world)
    response = world.authorize(scope="openid", claims=json.dumps(json.loads(block("json"))))
    found = got(world, fields_of(world.agree(response, chosen=UNITS))["code"])[0]["verified_claims"]
    assert found["verification"]["assurance_level"] == "urn:yitong:acr:3"
    (evidence,) = found["verification"]["evidence"]
    assert set(evidence) == {"type", "check_details", "attachments"}
    assert set(found["claims"]) == {"name", "birthdate"}


def test_every_claim_of_a_receipt_is_described(world: World) -> None:
    sign_in_by_face(world)
    claims = claims_of(receipt_of(world))
    described = set(re.findall(r"`([\w.]+)`", TEXT))
    assert {f"receipt.{name}" for name in claims.pop("receipt")} | set(claims) <= described
