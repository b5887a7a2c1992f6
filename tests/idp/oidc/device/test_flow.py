"""The device grant from the first request to the tokens (RFC 8628)."""

import json

import pytest

from idp.oidc.clients.fields.device import DEVICE_CODE
from idp.oidc.clients.metadata import MetadataRefused, read
from idp.oidc.device.authorization import PATH
from idp.oidc.http import Request
from idp.oidc.interaction import InteractionExpired
from tests.contracts.advertised.moves import part_of
from tests.idp.oidc.device.kiosk import HALL, SPA, Kiosk, Phone, error, register, said
from tests.idp.oidc.world import World, fields_of, path_of


def test_a_device_gets_its_tokens_once_somebody_has_agreed(world: World, kiosk: Kiosk, phone: Phone) -> None:
    response = kiosk.ask()
    assert said(response) == {
        "device_code": kiosk.device_code,
        "user_code": kiosk.user_code,
        "verification_uri": "https://id.example/device",
        "verification_uri_complete": f"https://id.example/device?user_code={kiosk.user_code}",
        "expires_in": 600,
        "interval": 5,
    }
    assert ("Cache-Control", "no-store") in response.headers
    assert error(kiosk.poll()) == "authorization_pending"
    interaction_id = phone.confirm(kiosk.user_code)
    response = phone.resume(interaction_id)
    assert path_of(response) == "/login"
    assert error(kiosk.poll()) == "authorization_pending"
    session_id = world.sign_in()
    assert path_of(phone.resume(interaction_id)) == "/consent"
    done = phone.agree(interaction_id)
    assert (path_of(done), fields_of(done)["outcome"]) == ("/oauth2/answered", "approved")
    response = kiosk.poll()
    assert response.status == 200, response.body
    found = said(response)
    assert (found["token_type"], found["scope"]) == ("Bearer", "openid profile")
    assert "refresh_token" not in found
    claims = part_of(found["id_token"], 1)
    assert (claims["aud"], claims["acr"]) == (SPA, "urn:yitong:acr:2")
    assert claims["sid"] == world.sid_at(SPA, session_id)
    assert said(world.userinfo(found["access_token"]))["sub"] == claims["sub"]
    assert len(world.events("authorization_requested")) == 1
    (approved,) = world.events("authorization_approved")
    assert (approved.client_id, approved.person_id) == (SPA, world.person_id)
    assert json.loads(world.events("token_issued")[0].payload)["grant_type"] == DEVICE_CODE


def test_polls_leave_nothing_in_the_log(world: World, kiosk: Kiosk) -> None:
    kiosk.ask()
    for after in (0, 5, 1):
        assert kiosk.poll(after=after).status == 400
    assert world.events("token_refused") == []


def test_who_has_agreed_before_confirms_and_is_through(world: World, kiosk: Kiosk, phone: Phone) -> None:
    world.sign_in()
    for _ in range(2):
        kiosk.ask()
        phone.approve(kiosk.user_code)
        assert kiosk.poll().status == 200


def test_a_client_with_a_secret_uses_it(world: World, phone: Phone) -> None:
    register(world, HALL)
    kiosk = Kiosk(world, HALL)
    world.sign_in()
    assert kiosk.ask(scope="openid offline_access").status == 200
    phone.approve(kiosk.user_code)
    assert error(world.post("/oauth2/token", {"client_id": HALL, "device_code": kiosk.device_code})) == (
        "invalid_client"
    )
    found = said(kiosk.poll())
    form: dict[str, str | None] = {"grant_type": "refresh_token", "refresh_token": found["refresh_token"]}
    assert kiosk.post("/oauth2/token", form).status == 200


def test_the_level_asked_for_is_reached_first(world: World, kiosk: Kiosk, phone: Phone) -> None:
    world.sign_in()
    kiosk.ask(acr_values="urn:yitong:acr:3")
    interaction_id = phone.confirm(kiosk.user_code)
    assert path_of(phone.resume(interaction_id)) == "/login/presence"
    world.prove(level=3, method="face")
    phone.agree(interaction_id)
    assert part_of(said(kiosk.poll())["id_token"], 1)["acr"] == "urn:yitong:acr:3"


def test_a_resource_is_the_audience(world: World, kiosk: Kiosk, phone: Phone) -> None:
    world.sign_in()
    assert error(kiosk.ask(resource="https://nobody.example/")) == "invalid_target"
    kiosk.ask(resource="https://id.example")
    phone.approve(kiosk.user_code)
    assert error(kiosk.poll(resource="https://nobody.example/")) == "invalid_target"
    assert part_of(said(kiosk.poll())["access_token"], 1)["aud"] == "https://id.example"


def test_what_belongs_to_a_browser_is_ignored(kiosk: Kiosk) -> None:
    """RFC 6749 section 3.2: `prompt=none` would ask for an answer without a page, and there is always one."""
    assert (
        kiosk.ask(prompt="none", response_mode="no such", redirect_uri="https://thief.example/").status == 200
    )


def test_cancelling_and_saying_no_are_told_to_the_device(world: World, kiosk: Kiosk, phone: Phone) -> None:
    kiosk.ask()
    done = phone.cancel(phone.confirm(kiosk.user_code))
    assert fields_of(done)["outcome"] == "denied"
    for _ in range(2):
        assert error(kiosk.poll()) == "access_denied"
    (denied,) = world.events("authorization_denied")
    assert (denied.client_id, denied.person_id) == (SPA, None)
    world.sign_in()
    kiosk.ask()
    phone.cancel(phone.confirm(kiosk.user_code))
    assert world.events("authorization_denied")[1].person_id == world.person_id


def test_a_code_has_its_time(world: World, kiosk: Kiosk, phone: Phone) -> None:
    """RFC 8628 section 3.5: expired_token."""
    world.sign_in()
    kiosk.ask()
    interaction_id = phone.confirm(kiosk.user_code)
    assert error(kiosk.poll(after=600)) == "expired_token"
    with pytest.raises(InteractionExpired):
        phone.resume(interaction_id)
    kiosk.ask()
    phone.approve(kiosk.user_code)
    assert error(kiosk.poll(after=600)) == "expired_token"
    assert error(kiosk.poll(after=3600)) == "invalid_grant"


def test_who_polls_too_fast_is_slowed_down_and_gets_it_all_the_same(
    world: World, kiosk: Kiosk, phone: Phone
) -> None:
    world.sign_in()
    kiosk.ask()
    assert error(kiosk.poll()) == "authorization_pending"
    assert error(kiosk.poll(after=1)) == "slow_down"
    assert error(kiosk.poll(after=5)) == "slow_down"
    assert error(kiosk.poll(after=15)) == "authorization_pending"
    phone.approve(kiosk.user_code)
    assert kiosk.poll(after=0).status == 200


def test_without_the_grant_type_nothing_is_begun(world: World) -> None:
    assert error(Kiosk(world, SPA).ask()) == "unauthorized_client"


@pytest.mark.parametrize(
    ("values", "code"),
    [({"scope": "profile"}, "invalid_scope"), ({"scope": "openid resident_number"}, "invalid_scope")],
)
def test_what_cannot_be_asked_is_refused_at_once(kiosk: Kiosk, values: dict[str, str], code: str) -> None:
    assert error(kiosk.ask(**values)) == code


def test_methods(world: World) -> None:
    answer = world.endpoints[PATH]
    assert answer(Request("GET", PATH)).status == 405
    assert answer(Request("OPTIONS", PATH)).status == 204


def test_registration_needs_no_address_and_no_secret_but_the_right_profile() -> None:
    fields = {
        "client_id": "kiosk",
        "client_name": "Kiosk",
        "sector": "kiosk.example",
        "grant_types": [DEVICE_CODE],
    }
    read({**fields, "token_endpoint_auth_method": "none"})
    strict = {"profile": "fapi2-security", "token_endpoint_auth_method": "private_key_jwt"}
    keys = {"jwks_uri": "https://kiosk.example/jwks", "id_token_signed_response_alg": "ES256"}
    with pytest.raises(MetadataRefused, match="device grant"):
        read({**fields, **strict, **keys})
