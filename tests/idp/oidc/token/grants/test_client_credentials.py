"""client_credentials: a client for itself, never for a person, and nothing kept of it."""

import json
from typing import Any

import pytest

from idp.crypto.digests import from_base64url
from idp.oidc.clients.metadata import MetadataRefused, read
from idp.oidc.clients.models import ClientRecord
from idp.oidc.http import Response
from idp.storage.ephemeral.memory import MemoryStore
from tests.idp.oidc.world import HALL, REDIRECT_URIS, SECRETS, SPA, TAX, World, basic

OWN = ("licences:read", "licences:write")
GRANTS = ["authorization_code", "refresh_token", "client_credentials"]


def change(world: World, client_id: str, **changes: Any) -> None:
    with world.provider.sessions.begin() as session:
        record = session.get_one(ClientRecord, client_id)
        record.metadata_json = {**record.metadata_json, **changes}


@pytest.fixture
def office(world: World) -> World:
    change(world, TAX, grant_types=GRANTS, scope=f"openid profile {' '.join(OWN)}")
    return world


def ask(world: World, client_id: str = TAX, **more: str) -> Response:
    values = {"grant_type": "client_credentials", **more}
    return world.post("/oauth2/token", values, authorization=basic(client_id, SECRETS[client_id]))


def body(response: Response) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response.body)
    return found


def claims_of(token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(from_base64url(token.split(".")[1]))
    return found


def said(world: World, token: str, client_id: str = TAX) -> dict[str, Any]:
    path, who = "/oauth2/introspect", basic(client_id, SECRETS[client_id])
    return body(world.post(path, {"token": token}, authorization=who))


def test_a_client_gets_what_is_its_own(office: World) -> None:
    answer = ask(office)
    assert answer.status == 200
    assert dict(answer.headers)["Cache-Control"] == "no-store"
    found = body(answer)
    # RFC 6749 section 4.4.3: no refresh token; and no person, so no id_token.
    assert found.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert found["scope"] == " ".join(OWN)
    claims = claims_of(found["access_token"])
    assert (claims["sub"], claims["client_id"]) == (TAX, TAX)
    assert not {"acr", "amr", "auth_time", "sid", "grant"} & claims.keys()
    (event,) = office.events("token_issued")
    assert (event.client_id, event.person_id) == (TAX, None)


def test_nothing_is_kept_of_it(office: World) -> None:
    store = office.provider.store
    assert isinstance(store, MemoryStore)
    before = dict(vars(store)["_entries"])
    assert ask(office).status == 200
    assert vars(store)["_entries"] == before


def test_scopes_may_be_fewer(office: World) -> None:
    assert body(ask(office, scope=OWN[1]))["scope"] == OWN[1]


@pytest.mark.parametrize(
    "scope", ["openid", "profile", "resident_number", "licences:delete", f"{OWN[0]} openid"]
)
def test_what_concerns_a_person_needs_the_person(office: World, scope: str) -> None:
    """Not even what the client may ask a person for."""
    answer = ask(office, scope=scope)
    assert (answer.status, body(answer)["error"]) == (400, "invalid_scope")


def test_a_client_without_scopes_of_its_own_gets_a_token_without(world: World) -> None:
    change(world, TAX, grant_types=["client_credentials"])
    found = body(ask(world))
    assert "scope" not in found
    assert "scope" not in claims_of(found["access_token"])


def test_a_client_is_registered_for_it(world: World) -> None:
    assert body(ask(world))["error"] == "unauthorized_client"


def test_a_token_of_a_client_opens_no_persons_data(office: World) -> None:
    """RFC 9700 section 4.15: a client that poses as a resource owner."""
    answer = office.userinfo(body(ask(office))["access_token"])
    assert answer.status == 401
    assert 'error="invalid_token"' in dict(answer.headers)["WWW-Authenticate"]


def test_a_client_cannot_be_called_like_a_person(world: World) -> None:
    """RFC 9700 section 4.15: whatever its id, no resource server may take its `sub` for a person's."""
    world.sign_in()
    sub = claims_of(body(world.token(world.code()))["id_token"])["sub"]
    with pytest.raises(MetadataRefused, match="sub of a person"):
        read(
            {
                "client_id": sub,
                "sector": "a.example",
                "client_name": "A",
                "redirect_uris": ["https://a.example/"],
            }
        )


def test_it_is_introspected_and_revoked(office: World) -> None:
    first, second = (body(ask(office))["access_token"] for _ in range(2))
    found = said(office, first)
    assert (found["active"], found["sub"], found["scope"]) == (True, TAX, " ".join(OWN))
    assert said(office, first, HALL) == {"active": False}
    who = basic(TAX, SECRETS[TAX])
    assert office.post("/oauth2/revoke", {"token": first}, authorization=who).status == 200
    assert said(office, first) == {"active": False}
    assert said(office, second)["active"]
    (event,) = office.events("grant_ended")
    assert json.loads(event.payload)["grant_id"] == claims_of(first)["jti"]


def test_revocation_lasts_as_long_as_the_token(office: World) -> None:
    token = body(ask(office))["access_token"]
    office.post("/oauth2/revoke", {"token": token}, authorization=basic(TAX, SECRETS[TAX]))
    seconds = office.provider.protocol.access_token_seconds
    for _ in range(seconds // 60):
        office.clock.advance(60)
        assert said(office, token) == {"active": False}


def test_nobody_signs_in_at_a_client_that_has_no_code_flow(world: World) -> None:
    change(world, TAX, grant_types=["client_credentials"])
    location = dict(world.authorize(TAX).headers)["Location"]
    assert location.startswith(REDIRECT_URIS[TAX])
    assert "error=unauthorized_client" in location


FIELDS = {"client_id": "m", "sector": "m.example", "client_name": "M"}


def test_a_program_needs_no_address() -> None:
    metadata = read({**FIELDS, "grant_types": ["client_credentials"], "response_types": []})
    assert metadata.redirect_uris == ()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"grant_types": ["client_credentials"], "token_endpoint_auth_method": "none"}, "confidential"),
        ({"scope": "openid licences:read"}, "needs the grant type"),
        ({"scope": "licences"}, "unknown scope"),
        ({"scope": "a:123456"}, "unknown scope"),
        ({"scope": " ".join(f"a:{n}" for n in range(17)), "grant_types": GRANTS}, "at most"),
        ({"scope": "openid a:b", "optional_scope": "a:b", "grant_types": GRANTS}, "optional_scope"),
        ({"redirect_uris": []}, "redirect_uris"),
        ({"response_types": []}, "response_types"),
    ],
)
def test_a_registration_is_whole(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(MetadataRefused, match=reason):
        read({**FIELDS, "redirect_uris": ["https://m.example/"], **fields})


def test_a_page_is_no_machine(world: World) -> None:
    answer = world.post("/oauth2/token", {"grant_type": "client_credentials", "client_id": SPA})
    assert body(answer)["error"] == "unauthorized_client"
