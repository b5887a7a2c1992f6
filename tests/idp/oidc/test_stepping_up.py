"""Step-up challenges (RFC 9470): who has proved too little is told what to ask for."""

import json
import re

import pytest

from idp.crypto.digests import from_base64url
from idp.oidc.clients.cache import SECONDS
from idp.oidc.http import Response
from tests.contracts.advertised.moves import change, tokens
from tests.idp.oidc.world import HALL, SECRETS, World, basic, fields_of, path_of


def challenge_of(response: Response) -> dict[str, str]:
    header = dict(response.headers)["WWW-Authenticate"]
    return dict(re.findall(r'([a-z_]+)="([^"]*)"', header))


def raised(world: World, level: int) -> None:
    """The operator asks for more from now on."""
    change(world, HALL, minimum_level=level)
    world.clock.advance(SECONDS + 1)


def test_a_token_of_before_the_minimum_was_raised_is_answered_with_what_to_ask(world: World) -> None:
    world.sign_in(level=2)
    token = tokens(world)["access_token"]
    assert world.userinfo(token).status == 200
    raised(world, 3)
    released = len(world.events("claims_released"))
    refused = world.userinfo(token)
    assert (refused.status, refused.body) == (401, b"")
    challenge = challenge_of(refused)
    assert challenge["error"] == "insufficient_user_authentication"
    assert challenge["acr_values"] == "urn:yitong:acr:3"
    assert len(world.events("claims_released")) == released
    # Section 4: what the challenge says goes into the next request, and what comes of that is enough.
    response = world.authorize(acr_values=challenge["acr_values"])
    assert path_of(response) == "/login/presence"
    world.prove(level=3, method="face")
    code = fields_of(world.resume(fields_of(response)["interaction"]))["code"]
    again = json.loads(world.token(code).body)["access_token"]
    assert world.userinfo(again).status == 200


def test_attack_a_refreshed_token_gets_round_a_raised_minimum(world: World) -> None:
    world.sign_in(level=2)
    refresh_token = tokens(world, scope="openid profile offline_access")["refresh_token"]
    raised(world, 3)
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    answer = world.post("/oauth2/token", form, authorization=basic(HALL, SECRETS[HALL]))
    token = json.loads(answer.body)["access_token"]
    assert challenge_of(world.userinfo(token))["error"] == "insufficient_user_authentication"


def test_what_is_enough_is_not_challenged(world: World) -> None:
    world.sign_in(level=3, method="face")
    token = tokens(world)["access_token"]
    raised(world, 2)
    assert world.userinfo(token).status == 200


@pytest.mark.parametrize("form", ["jwt", "opaque"])
def test_a_resource_server_can_tell_how_and_when_somebody_was_authenticated(world: World, form: str) -> None:
    """Sections 6.1 and 6.2: `acr` and `auth_time` in the token, or by introspection."""
    change(world, HALL, access_token_format=form)
    world.sign_in(level=2)
    at = int(world.clock().timestamp())
    token = tokens(world)["access_token"]
    if form == "jwt":
        said = json.loads(from_base64url(token.split(".")[1]))
    else:
        answer = world.post("/oauth2/introspect", {"token": token}, authorization=basic(HALL, SECRETS[HALL]))
        said = json.loads(answer.body)
    assert (said["acr"], said["auth_time"]) == ("urn:yitong:acr:2", at)


def test_a_challenge_with_an_age_is_met_by_a_new_sign_in(world: World) -> None:
    """Section 4: a resource server may ask how long ago, and we honour `max_age`."""
    world.sign_in(level=2)
    world.code()
    world.clock.advance(300)
    response = world.authorize(max_age="60", acr_values="urn:yitong:acr:2")
    assert path_of(response) == "/login"
    world.sign_in(level=2)
    at = int(world.clock().timestamp())
    code = fields_of(world.resume(fields_of(response)["interaction"]))["code"]
    token = json.loads(world.token(code).body)["access_token"]
    assert json.loads(from_base64url(token.split(".")[1]))["auth_time"] == at
