"""Attacks by relying parties and over the protocol, each tried as it would be carried out."""

import json
import re
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from flask import Flask

from idp.crypto.digests import base64url
from idp.error_references import KEPT_OF_ONE_ADDRESS, explain
from idp.oidc.authorize import endpoint
from idp.oidc.authorize.addressing import Shown
from idp.oidc.authorize.posted import CHARACTERS_KEPT_AT_MOST
from idp.oidc.clients.credentials.assertions import TYPE
from idp.oidc.clients.uris import is_registered
from idp.oidc.http import FORM, Request
from idp.oidc.levels import acr
from tests.idp.oidc.clients.signing import new_key
from tests.idp.oidc.token.proving import proof, redeem
from tests.idp.oidc.world import HALL, SPA, World, fields_of, parameters, path_of

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


def test_a_flood_of_nonsense_from_one_address_does_not_fill_the_log_or_the_store(world: World) -> None:
    kept: set[str] = set()
    for serial in range(KEPT_OF_ONE_ADDRESS + 20):
        refused = world.post("/oauth2/token", {"client_id": f"nobody-{serial}", "grant_type": "x"})
        assert refused.status == 401
        reference = re.search(r"reference (\S*?)\)", json.loads(refused.body)["error_description"])
        assert reference is not None
        if explain(world.provider.store, reference[1]) is not None:
            kept.add(reference[1])
    assert len(kept) == KEPT_OF_ONE_ADDRESS
    assert len(world.events("token_refused")) == KEPT_OF_ONE_ADDRESS
    world.clock.advance(3601)
    world.post("/oauth2/token", {"client_id": "nobody", "grant_type": "x"})
    assert len(world.events("token_refused")) == KEPT_OF_ONE_ADDRESS + 1


def test_a_flood_of_requests_for_no_page_does_not_fill_the_store(app: Flask) -> None:
    client = app.test_client()
    found = app.extensions["yitong"]
    references = []
    for serial in range(KEPT_OF_ONE_ADDRESS + 5):
        page = client.get(f"/nothing/{serial}", base_url="https://id.example")
        reference = re.search(r'id="reference"[^>]*>([^<]+)<', page.text)
        assert page.status_code == 404
        assert reference is not None, page.text
        references.append(reference[1])
    assert explain(found.store, references[0]) is not None
    assert [explain(found.store, one) for one in references[-5:]] == [None] * 5


@pytest.mark.parametrize(
    "planted", ["http://127.0.0.1:1/c\r\nb", "http://127.0.0.1:1/c\tb", "\nhttp://127.0.0.1:1/cb"]
)
def test_a_line_break_planted_in_a_native_clients_address_is_not_the_registered_one(planted: str) -> None:
    assert is_registered("http://127.0.0.1:1/cb", ["http://127.0.0.1/cb"], native=True)
    assert not is_registered(planted, ["http://127.0.0.1/cb"], native=True)


def test_a_huge_posted_request_is_not_kept(world: World) -> None:
    form = parameters({"client_id": HALL, "state": "s" * CHARACTERS_KEPT_AT_MOST})
    with pytest.raises(Shown):
        endpoint.authorize(world.provider, Request("POST", endpoint.PATH, form=form, content_type=FORM), "b")


def test_nor_is_a_huge_pushed_one(world: World) -> None:
    """Of a client without a secret, which anybody can be."""
    many = {f"x{n}": "s" * 4000 for n in range(10)}
    refused = world.post("/oauth2/par", {**many, "client_id": SPA})
    assert (refused.status, json.loads(refused.body)["error"]) == (400, "invalid_request")
    assert "too long" in json.loads(refused.body)["error_description"]


@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"max_age": "60"}])
def test_a_text_message_does_not_renew_a_level_that_was_proved_long_ago(
    world: World, asked: dict[str, str]
) -> None:
    """An unattended browser, and the phone that lies beside it."""
    world.sign_in(level=2, method="password")
    world.clock.advance(1800)
    response = world.authorize(acr_values=acr(2), **asked)
    assert path_of(response) == "/login"
    interaction_id = fields_of(response)["interaction"]
    world.clock.advance(5)
    world.prove(level=1, method="sms")
    assert path_of(world.resume(interaction_id)) == "/login"
    world.prove(level=2, method="password")
    assert path_of(world.resume(interaction_id)) == "/consent"


def test_a_stolen_phone_does_not_read_the_id_number_at_a_portal_that_asks_for_no_level(world: World) -> None:
    world.sign_in(level=1, method="sms")
    assert path_of(world.authorize(scope="openid")) == "/consent"
    response = world.authorize(scope="openid resident_number")
    assert path_of(response) == "/login"
    world.prove(level=2, method="password")
    assert path_of(world.resume(fields_of(response)["interaction"])) == "/consent"


HALF = "\ud800"
"""Half a character: JSON can spell it, and no database, digest or header takes it."""


def test_half_a_character_in_an_assertion_is_a_refusal_and_no_failure_of_ours(world: World) -> None:
    header, claims = (base64url(json.dumps(one).encode()) for one in ({"alg": "ES256"}, {"sub": HALF}))
    form = {"client_assertion_type": TYPE, "client_assertion": f"{header}.{claims}.AA"}
    assert world.post("/oauth2/token", form).status == 401


@pytest.mark.parametrize("name", ["jti", "nonce", "htu"])
def test_half_a_character_in_a_proof_is_a_refusal_and_no_failure_of_ours(world: World, name: str) -> None:
    world.sign_in()
    made = proof(world, new_key(), **{name: HALF})
    refused = redeem(world, SPA, world.code(SPA), made)
    assert (refused.status, json.loads(refused.body)["error"]) == (400, "invalid_dpop_proof")
