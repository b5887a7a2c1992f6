"""Mutual TLS (RFC 8705): clients known by their certificates, and tokens that are bound to them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256

from idp.crypto.digests import base64url
from idp.oidc.clients.metadata import MetadataRefused, read
from idp.oidc.endpoints import discovery, served
from idp.oidc.http import Request, Response
from tests.idp.oidc.clients.certificates import NAMES, SUBJECT, call, certificate, escaped, jwk_of
from tests.idp.oidc.clients.signing import new_key
from tests.idp.oidc.token.grants.test_client_credentials import GRANTS, body, change, claims_of
from tests.idp.oidc.token.proving import proof
from tests.idp.oidc.world import HALL, REDIRECT_URIS, SECRETS, SPA, TAX, VERIFIER, World, basic

OURS, OTHER = certificate(names=NAMES), certificate("CN=thief")
TOKEN, USERINFO = "/oauth2/token", "/oauth2/userinfo"
ASKED = {"grant_type": "client_credentials", "client_id": TAX}
BOUND = {"tls_client_certificate_bound_access_tokens": True}


def known_by(world: World, **fields: Any) -> None:
    world.clock.advance(6)
    change(world, TAX, grant_types=GRANTS, token_endpoint_auth_method="tls_client_auth", **fields)


def self_signed(world: World, **fields: Any) -> None:
    world.clock.advance(6)
    keys = {"keys": [new_key().as_dict(private=False), jwk_of(OURS)]}
    method = "self_signed_tls_client_auth"
    change(world, TAX, grant_types=GRANTS, token_endpoint_auth_method=method, jwks=keys, **fields)


def refused(answer: Response) -> str:
    assert answer.status in {400, 401}
    return str(body(answer)["error"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject_dn", SUBJECT),
        ("san_dns", "API.bank.example"),
        ("san_uri", "https://bank.example/app"),
        ("san_ip", "2001:DB8:0::7"),
        ("san_email", "app@bank.example"),
    ],
)
def test_a_client_is_known_by_its_name_in_the_certificate(world: World, field: str, value: str) -> None:
    """RFC 8705 section 2.1.2."""
    known_by(world, **{f"tls_client_auth_{field}": value})
    assert call(world, TOKEN, ASKED, OURS).status == 200
    assert refused(call(world, TOKEN, ASKED, OTHER)) == "invalid_client"
    assert refused(call(world, TOKEN, ASKED, certificate("CN=bank"))) == "invalid_client"


def test_attack_a_certificate_of_ones_own_making_with_the_clients_name(world: World) -> None:
    """RFC 8705 section 2.1: only a chain that the proxy has verified counts."""
    known_by(world, tls_client_auth_subject_dn=SUBJECT)
    assert refused(call(world, TOKEN, ASKED, certificate(names=NAMES), is_verified=False)) == "invalid_client"


def test_attack_a_name_that_is_part_of_the_clients(world: World) -> None:
    """RFC 8705 section 7.4: names are compared whole, and a DN by its parts."""
    known_by(world, tls_client_auth_subject_dn="CN=bank")
    for subject in ("CN=bank,O=Evil", "CN=bank2", "CN=BANK,C=CN", "O=bank"):
        assert refused(call(world, TOKEN, ASKED, certificate(subject))) == "invalid_client"


@pytest.mark.parametrize("found", [None, "", "x", "%ff", "-----BEGIN CERTIFICATE-----", "A" * 20_000])
def test_without_a_certificate_nobody_is_known(world: World, found: str | None) -> None:
    known_by(world, tls_client_auth_subject_dn=SUBJECT)
    assert refused(call(world, TOKEN, ASKED, found)) == "invalid_client"


def test_a_client_that_has_a_secret_is_not_known_by_a_certificate(world: World) -> None:
    """RFC 6749 section 2.3: the method that is registered, and one alone."""
    assert refused(call(world, TOKEN, ASKED, OURS)) == "invalid_client"
    known_by(world, tls_client_auth_subject_dn=SUBJECT)
    who = basic(TAX, SECRETS[TAX])
    assert refused(call(world, TOKEN, ASKED, OURS, authorization=who)) == "invalid_client"
    with_secret = {**ASKED, "client_secret": SECRETS[TAX]}
    assert refused(call(world, TOKEN, with_secret, OURS)) == "invalid_client"


def test_a_registered_certificate_needs_no_authority(world: World) -> None:
    """RFC 8705 section 2.2."""
    self_signed(world)
    assert call(world, TOKEN, ASKED, OURS, is_verified=False).status == 200
    same_name = certificate(names=NAMES)
    assert refused(call(world, TOKEN, ASKED, same_name, is_verified=True)) == "invalid_client"


def test_a_registered_certificate_may_be_fetched_and_replaced(world: World) -> None:
    """RFC 8705 section 2.2.2: by jwks_uri, which is looked at again for a certificate that is new."""
    served: list[Any] = [jwk_of(OTHER)]
    keys = world.provider.client_keys
    vars(keys)["_fetch"] = lambda _uri: json.dumps({"keys": served}).encode()
    world.clock.advance(6)
    method, uri = "self_signed_tls_client_auth", "https://tax.example/jwks"
    change(world, TAX, grant_types=GRANTS, token_endpoint_auth_method=method, jwks_uri=uri)
    assert refused(call(world, TOKEN, ASKED, OURS)) == "invalid_client"
    served[:] = [jwk_of(OURS)]
    world.clock.advance(31)
    assert call(world, TOKEN, ASKED, OURS).status == 200


def test_keys_that_carry_no_certificate_know_nobody(world: World) -> None:
    world.clock.advance(6)
    method = "self_signed_tls_client_auth"
    for chain in (None, [], ["!"], [7], "x"):
        jwk = {**jwk_of(OURS), "x5c": chain}
        jwk = {name: value for name, value in jwk.items() if value is not None}
        world.clock.advance(6)
        change(world, TAX, grant_types=GRANTS, token_endpoint_auth_method=method, jwks={"keys": [jwk]})
        try:
            assert refused(call(world, TOKEN, ASKED, OURS)) == "invalid_client"
        except MetadataRefused:
            continue


# Bound tokens


def bound(world: World, client_id: str = HALL, **more: str) -> dict[str, Any]:
    world.clock.advance(6)
    change(world, client_id, **BOUND)
    world.sign_in()
    answer = redeem(world, client_id, OURS, **more)
    assert answer.status == 200
    return body(answer)


def redeem(
    world: World, client_id: str, found: Any, scope: str = "openid profile", **headers: str
) -> Response:
    values = {
        "grant_type": "authorization_code",
        "code": world.code(client_id, scope=scope),
        "redirect_uri": REDIRECT_URIS[client_id],
        "code_verifier": VERIFIER,
    }
    if client_id in SECRETS:
        headers["authorization"] = basic(client_id, SECRETS[client_id])
    else:
        values["client_id"] = client_id
    return call(world, TOKEN, values, found, **headers)


def look(world: World, token: str, found: Any) -> int:
    text = "" if found is None else escaped(found)
    headers = {"authorization": f"Bearer {token}"}
    return world.endpoints[USERINFO](Request("GET", USERINFO, headers, client_certificate=text)).status


def test_a_token_names_the_certificate(world: World) -> None:
    """RFC 8705 section 3.1."""
    found = bound(world)
    assert found["token_type"] == "Bearer"
    thumbprint = base64url(OURS.fingerprint(SHA256()))
    assert claims_of(found["access_token"])["cnf"] == {"x5t#S256": thumbprint}
    who = basic(HALL, SECRETS[HALL])
    told = body(world.post("/oauth2/introspect", {"token": found["access_token"]}, authorization=who))
    assert told["cnf"] == {"x5t#S256": thumbprint}


def test_attack_a_stolen_token_comes_over_another_connection(world: World) -> None:
    """RFC 8705 section 3."""
    token = bound(world)["access_token"]
    assert [look(world, token, one) for one in (OURS, OTHER, None)] == [200, 401, 401]


def test_who_registered_for_it_gets_no_unbound_token(world: World) -> None:
    bound(world)
    assert refused(redeem(world, HALL, None)) == "invalid_request"


def test_a_public_clients_refresh_token_stays_with_its_certificate(world: World) -> None:
    """RFC 8705 section 4."""
    scope = "openid profile offline_access"
    change(world, SPA, scope=scope, grant_types=["authorization_code", "refresh_token"])
    token = bound(world, SPA, scope=scope)["refresh_token"]
    values = {"grant_type": "refresh_token", "client_id": SPA, "refresh_token": token}
    assert refused(call(world, TOKEN, values, OTHER)) == "invalid_grant"
    assert call(world, TOKEN, values, OURS).status == 200


def test_a_token_can_be_bound_to_both(world: World) -> None:
    key = new_key()
    found = bound(world, dpop=proof(world, key, iat=int(world.clock().timestamp()) + 6))
    assert found["token_type"] == "DPoP"
    assert claims_of(found["access_token"])["cnf"].keys() == {"jkt", "x5t#S256"}
    shown = proof(world, key, USERINFO, token=found["access_token"])
    headers = {"authorization": f"DPoP {found['access_token']}", "dpop": shown}
    assert world.endpoints[USERINFO](Request("GET", USERINFO, headers)).status == 401


def test_under_fapi_a_certificate_is_enough(world: World) -> None:
    """FAPI 2.0 Security Profile section 5.3.2.1."""
    fields = {"profile": "fapi2-security", "id_token_signed_response_alg": "ES256"}
    self_signed(world, **fields)
    assert refused(call(world, TOKEN, ASKED, OURS)) == "invalid_request"
    self_signed(world, **fields, **BOUND)
    assert call(world, TOKEN, ASKED, OURS).status == 200


# Said of it


def test_nothing_is_said_of_it_where_no_proxy_asks_for_certificates(world: World) -> None:
    described = discovery.metadata(world.provider.issuer, "x")
    assert discovery.with_certificates(described, "") == described
    assert not {"tls_client_certificate_bound_access_tokens", "mtls_endpoint_aliases"} & described.keys()
    assert not {"tls_client_auth"} & set(described["token_endpoint_auth_methods_supported"])


def test_what_is_said_is_so(world: World) -> None:
    """RFC 8705 sections 2.1.1, 3.3 and 5."""
    origin = "https://mtls.id.example"
    protocol = world.provider.protocol.model_copy(update={"mtls_origin": origin})
    world.provider = replace(world.provider, protocol=protocol)
    world.endpoints = served.table(world.provider)
    path = "/.well-known/openid-configuration"
    described = json.loads(world.endpoints[path](Request("GET", path)).body)
    assert described["tls_client_certificate_bound_access_tokens"] is True
    aliases = described["mtls_endpoint_aliases"]
    assert {name: described[name].replace("https://id.example", origin) for name in aliases} == aliases
    for method, register in (("tls_client_auth", known_by), ("self_signed_tls_client_auth", self_signed)):
        register(world, **({"tls_client_auth_subject_dn": SUBJECT} if register is known_by else {}))
        for endpoint in ("token", "introspection", "revocation"):
            assert method in described[f"{endpoint}_endpoint_auth_methods_supported"]
            place = aliases[f"{endpoint}_endpoint"].removeprefix(origin)
            assert call(world, place, {**ASKED, "token": "x"}, OURS).status == 200
        change(world, TAX, tls_client_auth_subject_dn=None)


def test_a_proof_may_name_the_other_host(world: World) -> None:
    protocol = world.provider.protocol.model_copy(update={"mtls_origin": "https://mtls.id.example"})
    world.provider = replace(world.provider, protocol=protocol)
    world.endpoints = served.table(world.provider)
    world.sign_in()
    for htu, status in (
        ("https://mtls.id.example/oauth2/token", 200),
        ("https://x.example/oauth2/token", 400),
    ):
        assert redeem(world, HALL, None, dpop=proof(world, new_key(), htu=htu)).status == status


@pytest.mark.parametrize(
    "fields",
    [
        {"token_endpoint_auth_method": "tls_client_auth"},
        {
            "token_endpoint_auth_method": "tls_client_auth",
            "tls_client_auth_subject_dn": "CN=a",
            "tls_client_auth_san_dns": "a.example",
        },
        {"tls_client_auth_san_dns": "a.example"},
        {"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "nothing"},
        {"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_ip": "a.example"},
        {"token_endpoint_auth_method": "self_signed_tls_client_auth"},
    ],
)
def test_a_registration_names_one_certificate(fields: dict[str, Any]) -> None:
    common = {"client_id": "a", "sector": "a.example", "client_name": "A"}
    with pytest.raises(MetadataRefused):
        read({**common, "redirect_uris": ["https://a.example/"], **fields})
